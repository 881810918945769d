"""Identities and places, in words and for programs."""

from typing import Any

from provisioner.access.asking.identity import Identity, own_roles
from provisioner.access.asking.location import BucketKind, Location
from provisioner.access.deployment import WorkflowKind
from provisioner.access.grants import Principal, PrincipalKind
from provisioner.changes.account import account_words
from provisioner.reading.printable import printable
from provisioner.reporting.principals import who_is
from provisioner.settings import Settings


def identity_words(identity: Identity, settings: Settings) -> str:
    """Who it is: as a dataset names it, as the settings do, or by the name in its account."""
    if identity in own_roles(settings):
        whose = {settings.forwarder: "the forwarder's role", **dict.fromkeys(_workflows(settings), "the workflow role")}
        return f"{whose.get(identity.name, 'the break-glass role')} {identity.name}"
    principal = identity.principal or Principal(
        PrincipalKind.READER, identity.arn, identity.account_id, identity.name, identity.is_role
    )
    return who_is(principal, settings).plain


def _workflows(settings: Settings) -> list[str]:
    return [settings.workflow_role(kind) for kind in WorkflowKind]


def identity_object(identity: Identity, settings: Settings) -> dict[str, Any]:
    """It, as JSON has it."""
    return {
        "arn": identity.arn,
        "as": identity.principal.kind.value if identity.principal else None,
        "account": identity.account_id,
        "account_name": settings.account_name(identity.account_id),
    }


def place_words(location: Location, settings: Settings) -> str:
    """What the bucket of a place is to the datasets."""
    match location.kind:
        case BucketKind.PULL if location.pull is not None:
            return f"the bucket of the pull dataset {location.pull.name}"
        case BucketKind.EXPORT:
            names = [dataset.name for dataset in location.datasets]
            of = f"the push dataset {names[0]}" if len(names) == 1 else f"{len(names):,} push datasets"
            return f"the export bucket, where {of} is" if len(names) == 1 else f"the export bucket, where {of} are"
        case BucketKind.JOURNAL:
            return "the bucket of the forwarder's journal"
    owner = "an account that no dataset tells"
    if location.owner is not None:
        owner = account_words(location.owner, settings).plain
    return f"a target bucket, of {owner}"


def where(bucket: str, prefix: str) -> str:
    """A place as an S3 URI."""
    return printable(f"s3://{bucket}/{prefix}")
