"""A catalogue as it is in force: every document where it is attached, and the questions that can be asked of it."""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provisioner.access.delivery import delivery_policy, forwarder_policy, target_bucket_policy
from provisioner.access.exporting import exporter_policy
from provisioner.access.grants import by_identity, exporter_principal, grants_of
from provisioner.access.limits import export_policy_within_limit, pull_policy_within_limit, user_policies
from provisioner.access.policies import journal_bucket_policy
from provisioner.datasets.model import Catalogue
from provisioner.settings import Settings
from tests.access.evaluator import Request, Statement, is_allowed
from tests.support import OTHERS, OURS, TARGETS_ACCOUNT, THEIRS

ADMIN: Final = f"arn:aws:iam::{OURS}:role/admin"
"""A role of our account that may do anything with S3."""
BREAK_GLASS: Final = f"arn:aws:iam::{OURS}:role/break-glass"
"""Another, for emergencies."""
EVERYTHING: Final[tuple[Statement, ...]] = ({"Effect": "Allow", "Action": "s3:*", "Resource": "*"},)

READ: Final = "s3:GetObject"
WRITE: Final = "s3:PutObject"
DELETE: Final = "s3:DeleteObject"
LIST: Final = "s3:ListBucket"
UPLOADS: Final = "s3:ListBucketMultipartUploads"
NEVER: Final = (
    *("s3:PutObjectAcl", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention", "s3:PutObjectRetention"),
    *("s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:DeleteBucket", "s3:PutLifecycleConfiguration"),
    *("s3:PutBucketVersioning", "s3:PutBucketPublicAccessBlock", "s3:PutReplicationConfiguration"),
)
"""What no dataset file gives anybody."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Somebody asks for something in a bucket."""

    principal: str
    action: str
    bucket: str
    key: str = ""
    """The object, or when listing the prefix."""
    day: datetime.date = datetime.date(2027, 1, 1)
    over: Mapping[str, str] | None = None
    """How the request comes; over TLS 1.3 if a test does not say."""


@dataclass(frozen=True, kw_only=True)
class World:
    """Every policy in force."""

    identity: Mapping[str, tuple[Statement, ...]]
    """By the ARN of who has it."""
    buckets: Mapping[str, tuple[Statement, ...]]
    targets: frozenset[str]
    """Those buckets that are in another account than ours."""

    def allows(self, ask: Ask) -> bool:
        """What AWS answers. In other accounts, everybody may do everything that we let them."""
        context = dict(ask.over if ask.over is not None else {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"})
        context["aws:CurrentTime"] = f"{ask.day}T12:00:00Z"
        on_bucket = "Bucket" in ask.action or ask.action.endswith("Configuration")
        if ask.action == LIST:
            context["s3:prefix"] = ask.key
        arn = f"arn:aws:s3:::{ask.bucket}"
        foreign = ask.principal.split(":")[4] != OURS
        return is_allowed(
            Request(
                principal=ask.principal,
                action=ask.action,
                resource=arn if on_bucket else f"{arn}/{ask.key}",
                context=context,
            ),
            EVERYTHING if foreign or ask.principal in (ADMIN, BREAK_GLASS) else self.identity.get(ask.principal, ()),
            self.buckets.get(ask.bucket, ()),
            TARGETS_ACCOUNT if ask.bucket in self.targets else OURS,
        )


def deploy(catalogue: Catalogue, settings: Settings) -> World:
    """The catalogue in force, and each target bucket with what its owner was told to add."""
    identity: dict[str, tuple[Statement, ...]] = {}
    for principal, grants in by_identity(grants_of(catalogue, settings), settings).items():
        policies = user_policies(principal, grants, catalogue, settings)
        identity[principal.arn] = tuple(statement for policy in policies for statement in policy.document.statements)
    targets: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for push in catalogue.push:
        identity[settings.delivery_role_arn(push.name)] = delivery_policy(push, settings).statements
        targets[push.bucket] += target_bucket_policy(push, settings).statements
    for dataset in catalogue:
        if dataset.scheduled:
            identity[exporter_principal(dataset, settings).arn] = exporter_policy(dataset, settings).statements
    identity[settings.role_arn(settings.forwarder)] = forwarder_policy(settings).statements
    ours = {
        settings.pull_bucket(pull.name): pull_policy_within_limit(pull, settings).statements for pull in catalogue.pull
    }
    ours[settings.export_bucket] = export_policy_within_limit(catalogue.push, settings).statements
    ours[settings.journal_bucket] = journal_bucket_policy(settings).statements
    return World(
        identity=identity,
        buckets={**ours, **{bucket: tuple(statements) for bucket, statements in targets.items()}},
        targets=frozenset(targets),
    )


def everybody(catalogue: Catalogue, settings: Settings) -> list[str]:
    """The ARNs of everybody whom the catalogue knows, and of some whom it does not, one in each account."""
    known = {settings.role_arn(user) for user in catalogue.users}
    known |= {reader.arn for dataset in catalogue.pull for reader in dataset.pull_arns}
    known |= {settings.delivery_role_arn(dataset.name) for dataset in catalogue.push}
    known |= {exporter_principal(dataset, settings).arn for dataset in catalogue if dataset.scheduled}
    accounts = {arn.split(":")[4] for arn in known} | {OURS, THEIRS, OTHERS}
    strangers = {f"arn:aws:iam::{account}:role/unlisted" for account in accounts}
    return sorted(known | strangers | {settings.role_arn(settings.forwarder)})


def places(catalogue: Catalogue, settings: Settings) -> Iterator[tuple[str, str]]:
    """Buckets and keys in and beside everything that the catalogue gives."""
    keys = [f"{dataset.name}/deep/file.csv" for dataset in catalogue.push]
    keys += [dataset.name for dataset in catalogue.push]
    targets = sorted({dataset.bucket for dataset in catalogue.push})
    for bucket in [settings.export_bucket, settings.journal_bucket, *targets]:
        for key in [*keys, "", "file.csv"]:
            yield bucket, key
    for dataset in catalogue.pull:
        for key in ("", "file.csv"):
            yield settings.pull_bucket(dataset.name), key
    yield "some-other-bucket", "file.csv"
