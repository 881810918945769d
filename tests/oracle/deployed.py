"""Every document in force: as the Pulumi program registers it, and as the receiving teams are told to add it."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provisioner.access.delivery import target_bucket_policy, target_key_policy
from provisioner.access.policies import Document
from provisioner.datasets.model import Catalogue
from provisioner.resources.stack import provision
from provisioner.settings import Settings
from tests.resources.quick_zip import routes_alone_in_the_zip
from tests.resources.recorder import Recording, Registered, record


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A stack in force; every document is JSON."""

    catalogue: Catalogue
    settings: Settings
    identity: Mapping[str, tuple[str, ...]]
    """By who has them, as `role/NAME` or `user/NAME`."""
    buckets: Mapping[str, str]
    """By the name of a bucket of ours."""
    targets: Mapping[str, str]
    """By the name of a target bucket, with what its owner was told to add for every dataset."""
    trusts: Mapping[str, str]
    """By the name of a role that the program makes."""
    queues: Mapping[str, str]
    """By the name of a queue."""
    keys: Mapping[str, str]
    """By the ARN of a target's KMS key, with what its owner was told to add for every dataset."""

    def identity_of(self, arn: str) -> tuple[str, ...]:
        """What is attached to a role or user of our account; a path is no part of what tells them apart."""
        kind, *_, name = arn.split(":")[5].split("/")
        return self.identity.get(f"{kind}/{name}", ())


def deploy(catalogue: Catalogue, settings: Settings, workspace: Path) -> Deployed:
    """The catalogue, deployed by the program itself."""
    with routes_alone_in_the_zip():
        recording = record(lambda: provision(catalogue, settings, workspace), preview=False)
    targets: dict[str, list[Document]] = defaultdict(list)
    keys: dict[str, list[Document]] = defaultdict(list)
    for push in catalogue.push:
        targets[push.bucket].append(target_bucket_policy(push, settings))
        if (key := target_key_policy(push, settings)) is not None:
            keys[push.kms_key_arn or ""].append(key)
    return Deployed(
        catalogue=catalogue,
        settings=settings,
        identity=_identity(recording),
        buckets={one.inputs["bucket"]: one.inputs["policy"] for one in recording.of_type("BucketPolicy")},
        targets={bucket: _together(documents) for bucket, documents in targets.items()},
        trusts={one.inputs["name"]: one.inputs["assumeRolePolicy"] for one in recording.of_type("Role")},
        queues={_last(one, "queueUrl"): one.inputs["policy"] for one in recording.of_type("QueuePolicy")},
        keys={arn: _together(documents) for arn, documents in keys.items()},
    )


def _identity(recording: Recording) -> dict[str, tuple[str, ...]]:
    """The managed policies by their attachments, and the policies that a role has of its own."""
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    managed = {one.inputs["name"]: one.inputs["policy"] for one in recording.of_type("Policy")}
    for kind in ("role", "user"):
        for one in recording.of_type(f"{kind.capitalize()}PolicyAttachment"):
            found[f"{kind}/{one.inputs[kind]}"] += (managed[_last(one, "policyArn", ":")],)
    for one in recording.of_type("RolePolicy"):
        found[f"role/{one.inputs['role']}"] += (one.inputs["policy"],)
    return found


def _last(resource: Registered, key: str, separator: str = "/") -> str:
    """The name of what an input refers to, which is the last part of its ARN or address."""
    return str(resource.inputs[key]).rpartition(separator)[2]


def _together(documents: list[Document]) -> str:
    return Document(tuple(statement for one in documents for statement in one.statements)).text


def statements_of(document: str) -> list[dict[str, Any]]:
    """The statements of a document."""
    statements: list[dict[str, Any]] = json.loads(document)["Statement"]
    return statements
