"""Grants as IAM documents: the only place that knows which AWS actions a verb needs."""

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final, NamedTuple

from provisioner.access.grants import (
    Grant,
    PrincipalKind,
    Verb,
    delivery_principal,
    exporter_principal,
    reader_principals,
    reader_verbs,
    user_principal,
    workload_principals,
)
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.settings import Settings

Statement = dict[str, Any]

# Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".
_UPLOAD: Final = ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
_CARRY: Final = ("s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging")
_OBJECT_ACTIONS: Final[Mapping[tuple[PrincipalKind, Verb], tuple[str, ...]]] = {
    (PrincipalKind.USER, Verb.READ): ("s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion"),
    (PrincipalKind.USER, Verb.WRITE): (*_UPLOAD, "s3:PutObjectTagging"),
    (PrincipalKind.READER, Verb.READ): ("s3:GetObject",),
    (PrincipalKind.READER, Verb.WRITE): _UPLOAD,
    (PrincipalKind.WORKLOAD, Verb.READ): ("s3:GetObject",),
    (PrincipalKind.WORKLOAD, Verb.WRITE): _UPLOAD,
    (PrincipalKind.DELIVERY, Verb.READ): _CARRY,
    (PrincipalKind.DELIVERY, Verb.DELIVER): (*_CARRY, "s3:DeleteObject"),
    # The delivery role reads back what it wrote: that is how a copy is verified before the original is deleted.
    (PrincipalKind.DELIVERY, Verb.WRITE): (*_UPLOAD, "s3:PutObjectTagging", "s3:GetObject", "s3:GetObjectTagging"),
    # The exporter reads back what it wrote, to verify it; it deletes nothing.
    (PrincipalKind.EXPORTER, Verb.WRITE): (*_UPLOAD, "s3:GetObject"),
}
# In a bucket of their own users keep order themselves; under a prefix they only hand files over.
_WHOLE_BUCKET_ACTIONS: Final[Mapping[tuple[PrincipalKind, Verb], tuple[str, ...]]] = {
    (PrincipalKind.USER, Verb.WRITE): ("s3:DeleteObject",),
}
# What a verb needs on the bucket itself. S3 knows no prefix to which finding unfinished uploads could be narrowed (the
# reference above): it shows their names, and nothing of what is in them.
_UPLOADS_ACTIONS: Final[Mapping[tuple[PrincipalKind, Verb], tuple[str, ...]]] = {
    (PrincipalKind.DELIVERY, Verb.WRITE): ("s3:ListBucketMultipartUploads",),
}
_BUCKET_ACTIONS: Final[Mapping[PrincipalKind, tuple[str, ...]]] = {
    PrincipalKind.USER: ("s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketLocation"),
    PrincipalKind.READER: ("s3:ListBucket", "s3:GetBucketLocation"),
    PrincipalKind.WORKLOAD: ("s3:ListBucket", "s3:GetBucketLocation"),
    # Without leave to list, S3 answers that a file is refused where there is none.
    PrincipalKind.EXPORTER: ("s3:ListBucket",),
}
_PREFIX_ACTIONS: Final[Mapping[PrincipalKind, tuple[str, ...]]] = {
    PrincipalKind.USER: ("s3:ListBucket",),
    PrincipalKind.DELIVERY: ("s3:ListBucket", "s3:ListBucketVersions"),
    PrincipalKind.EXPORTER: ("s3:ListBucket",),
}
# KMS Developer Guide, "Allowing users in other accounts to use a KMS key"; Amazon S3 User Guide, "Using server-side
# encryption with AWS KMS keys": an upload in parts needs Decrypt beside GenerateDataKey.
KMS_ACTIONS: Final = ("kms:GenerateDataKey", "kms:Decrypt")


_as_aws_counts: Final = json.JSONEncoder(separators=(",", ":")).encode
"""JSON without white space."""


@dataclass(frozen=True)
class Document:
    """An IAM policy document."""

    statements: tuple[Statement, ...]

    @property
    def body(self) -> dict[str, Any]:
        """The document as JSON has it."""
        return {"Version": "2012-10-17", "Statement": list(self.statements)}

    @cached_property
    def text(self) -> str:
        """The document as AWS is sent it: no white space, so that its length is what AWS counts."""
        return _as_aws_counts(self.body)


def pull_bucket_policy(dataset: PullDataset, settings: Settings) -> Document:
    """The policy of a pull dataset's bucket: its readers in other accounts, and what nobody may do."""
    bucket = settings.bucket_arn(settings.pull_bucket(dataset.name))
    statements = [*_outside_readers(dataset, settings), *_transport(bucket)]
    if dataset.is_sealed(settings):
        insiders = [user_principal(user, settings).arn for user in dataset.users]
        insiders += [principal.arn for principal in reader_principals(dataset)]
        insiders += [principal.arn for principal in workload_principals(dataset, settings)]
        insiders += _exporter(dataset, settings)
        statements.append(_seal("Sealed", f"{bucket}/*", insiders, settings))
    return Document(tuple(statements))


def export_bucket_policy(push: Iterable[PushDataset], settings: Settings) -> Document:
    """The policy of the export bucket: what nobody may do, and the prefixes of sealed datasets."""
    bucket = settings.bucket_arn(settings.export_bucket)
    statements = [*_transport(bucket)]
    for number, dataset in enumerate((dataset for dataset in push if dataset.is_sealed(settings)), 1):
        insiders = [user_principal(user, settings).arn for user in dataset.users]
        insiders.append(delivery_principal(dataset, settings).arn)
        insiders += _exporter(dataset, settings)
        statements.append(_seal(f"Sealed{number}", f"{bucket}/{dataset.prefix}*", insiders, settings))
    return Document(tuple(statements))


def _exporter(dataset: PushDataset | PullDataset, settings: Settings) -> list[str]:
    """The ARN of the dataset's exporter, where it has one."""
    return [exporter_principal(dataset, settings).arn] if dataset.scheduled else []


def journal_bucket_policy(settings: Settings) -> Document:
    """The policy of the journal's bucket: what nobody may do. Who may read and write it, identity policies say."""
    return Document(tuple(_transport(settings.bucket_arn(settings.journal_bucket))))


def _outside_readers(dataset: PullDataset, settings: Settings) -> Iterable[Statement]:
    """The statement for readers in other accounts.

    The principal is the account and the condition names the role. A role that is deleted in its account then
    neither makes the policy invalid nor turns it into an unknown id, and one that is made anew goes on working.
    """
    verbs = reader_verbs(dataset)
    outside = [reader for reader in dataset.pull_arns if reader.account_id != settings.account_id]
    if not verbs or not outside:
        return
    bucket = settings.bucket_arn(settings.pull_bucket(dataset.name))
    accounts = sorted({reader.account_id for reader in outside})
    # One statement on bucket and objects lists each reader once: the policy's size is what limits their number.
    yield {
        "Sid": "OutsideReaders",
        "Effect": "Allow",
        "Principal": {"AWS": [settings.account_root_arn(account) for account in accounts]},
        "Action": [
            *_BUCKET_ACTIONS[PrincipalKind.READER],
            *_actions(PrincipalKind.READER, verbs, whole_bucket=True),
        ],
        "Resource": [bucket, f"{bucket}/*"],
        "Condition": {
            "ArnEquals": {"aws:PrincipalArn": sorted({reader.arn for reader in outside})},
            **_until(dataset.expires),
        },
    }


def _transport(bucket: str) -> Iterable[Statement]:
    """Nobody speaks to the bucket over plain HTTP or TLS below 1.2.

    They are two statements: a request over plain HTTP carries no TLS version, so the second alone would let it pass.
    """
    for sid, condition in (
        ("DenyPlainHttp", {"Bool": {"aws:SecureTransport": "false"}}),
        ("DenyOldTls", {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
    ):
        yield {
            "Sid": sid,
            "Effect": "Deny",
            # Everybody and everything: this only ever takes away.
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket, f"{bucket}/*"],
            "Condition": condition,
        }


def _seal(sid: str, objects: str, insiders: Iterable[str], settings: Settings) -> Statement:
    """Nobody but `insiders` touches the objects; the bucket itself stays manageable by who deploys."""
    allowed = {*insiders}
    if settings.break_glass_role:
        allowed.add(settings.role_arn(settings.break_glass_role))
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        # Wildcards that only ever take away: whatever is done to an object, a version, its tags or an upload of it.
        "Action": ["s3:*Object*", "s3:Replicate*", "s3:Abort*"],
        "Resource": objects,
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": sorted(allowed)}},
    }


class _Permission(NamedTuple):
    """What may be done in some places: those that share it share statements."""

    kind: PrincipalKind
    prefixed: bool
    until: datetime.date | None
    verbs: tuple[Verb, ...]

    def __str__(self) -> str:
        """By which they are sorted."""
        return f"{self.kind} {self.prefixed} {self.until} {self.verbs}"


def identity_statements(grants: Iterable[Grant], settings: Settings) -> list[Statement]:
    """The statements by which an identity policy gives `grants`.

    Grants that allow the same things until the same day share statements, so that each further dataset costs a
    policy two ARNs and not a statement.
    """
    verbs: dict[tuple[PrincipalKind, str, str, datetime.date | None], set[Verb]] = {}
    for grant in grants:
        verbs.setdefault((grant.principal.kind, grant.bucket, grant.prefix, grant.until), set()).add(grant.verb)
    places: dict[_Permission, list[tuple[str, str]]] = {}
    for (kind, bucket, prefix, until), allowed in verbs.items():
        permission = _Permission(kind, bool(prefix), until, tuple(sorted(allowed)))
        places.setdefault(permission, []).append((settings.bucket_arn(bucket), prefix))
    statements: list[Statement] = []
    for permission in sorted(places, key=str) if len(places) > 1 else places:
        statements += _statements(permission, sorted(places[permission]))
    return [{"Sid": f"Grant{number}", **statement} for number, statement in enumerate(statements, 1)]


def _statements(permission: _Permission, places: list[tuple[str, str]]) -> Iterator[Statement]:
    """Statements on the buckets, and one on their objects; `places` are bucket ARNs and prefixes."""
    kind, prefixed, until, verbs = permission
    if Verb.LIST in verbs:
        condition = _until(until)
        if prefixed:
            condition["StringLike"] = {"s3:prefix": [f"{prefix}*" for _, prefix in places]}
        actions = (_PREFIX_ACTIONS if prefixed else _BUCKET_ACTIONS)[kind]
        yield allow(actions, sorted({bucket for bucket, _ in places}), condition)
    for verb in verbs:
        if uploads := _UPLOADS_ACTIONS.get((kind, verb)):
            yield allow(uploads, sorted({bucket for bucket, _ in places}), _until(until))
    if actions := _actions(kind, verbs, whole_bucket=not prefixed):
        yield allow(actions, [f"{bucket}/{prefix}*" for bucket, prefix in places], _until(until))


@cache
def _actions(kind: PrincipalKind, verbs: tuple[Verb, ...], *, whole_bucket: bool) -> tuple[str, ...]:
    """The actions on objects that the verbs need."""
    actions: tuple[str, ...] = ()
    for verb in sorted(verbs):
        actions += _OBJECT_ACTIONS.get((kind, verb), ())
        if whole_bucket:
            actions += _WHOLE_BUCKET_ACTIONS.get((kind, verb), ())
    return actions


def allow(actions: Iterable[str], resources: Iterable[str], condition: Statement) -> Statement:
    """A statement that allows the actions on the resources; always, where the condition is empty."""
    statement: Statement = {"Effect": "Allow", "Action": [*actions], "Resource": [*resources]}
    return {**statement, "Condition": condition} if condition else statement


def _until(expires: datetime.date | None) -> dict[str, Any]:
    """The condition that ends a statement with a day, in UTC."""
    if expires is None:
        return {}
    return {"DateLessThan": {"aws:CurrentTime": f"{expires + datetime.timedelta(days=1)}T00:00:00Z"}}


def reader_policy(dataset: PullDataset, settings: Settings) -> Document:
    """What the receiving team adds to the identity policy of its role: across accounts, both sides must allow.

    A retired dataset has no readers, and no such policy.
    """
    bucket = settings.bucket_arn(settings.pull_bucket(dataset.name))
    verbs = reader_verbs(dataset)
    return Document(
        (
            allow(_BUCKET_ACTIONS[PrincipalKind.READER], [bucket], {}),
            allow(_actions(PrincipalKind.READER, verbs, whole_bucket=True), [f"{bucket}/*"], {}),
        )
    )
