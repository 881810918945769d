"""The documents that are in force for one identity and one place, and no other."""

from dataclasses import dataclass
from typing import Final

from provisioner.access.asking.identity import Identity
from provisioner.access.asking.location import BucketKind, Location
from provisioner.access.delivery import delivery_policy, forwarder_policy, target_bucket_policy
from provisioner.access.deployment import WorkflowKind, workflow_role
from provisioner.access.evaluation.decision import Policy
from provisioner.access.exporting import roles_of_export
from provisioner.access.grants import by_identity, datasets_naming, grants_of
from provisioner.access.limits import user_policies
from provisioner.access.policies import (
    Document,
    allow,
    export_bucket_policy,
    journal_bucket_policy,
    pull_bucket_policy,
)
from provisioner.datasets.model import Catalogue
from provisioner.settings import Settings

_EVERYTHING: Final = Document((allow(["s3:*"], ["*"], {}),))


@dataclass(frozen=True, kw_only=True)
class InForce:
    """The policies that have a say in what one identity does in one bucket."""

    identity: tuple[Policy, ...]
    resource: tuple[Policy, ...]


def in_force(identity: Identity, location: Location, catalogue: Catalogue, settings: Settings) -> InForce:
    """The policies of an identity and of a bucket.

    Raises:
        LimitExceededError: the identity has more datasets than its policies hold.
    """
    return InForce(
        identity=tuple(identity_policies(identity, catalogue, settings)),
        resource=tuple(resource_policies(location, settings)),
    )


def identity_policies(identity: Identity, catalogue: Catalogue, settings: Settings) -> list[Policy]:
    """The policies that an identity of our account is given here; of another account it is supposed that it may all.

    They are the stack's own, and those of the workflows' roles, which `provisioner deploy-roles` prints.

    Raises:
        LimitExceededError: it has more datasets than policies hold.
    """
    if identity.account_id != settings.account_id:
        name = f"the policies of account {identity.account_id}"
        return [Policy(name=name, document=_EVERYTHING, of_resource=False, assumed=True)]
    role = identity.name.lower() if identity.is_role else None
    found = []
    if role == settings.forwarder:
        found.append(_of_role(settings.forwarder, forwarder_policy(settings)))
    for kind in WorkflowKind:
        # Without a repository in the settings there is no such role: whoever has its name has nothing from here.
        if settings.repository is not None and role == settings.workflow_role(kind):
            workflow = workflow_role(kind, settings)
            found += [_of_role(role, document, policy) for policy, document in workflow.policies.items()]
            found += [
                Policy(name=f"the managed policy {policy}", document=document, of_resource=False)
                for policy, document in workflow.managed.items()
            ]
    for dataset in catalogue.push:
        name = settings.delivery_role(dataset.name)
        if name == role:
            found.append(_of_role(name, delivery_policy(dataset, settings)))
    for one in catalogue:
        roles = roles_of_export(one, settings)
        found += [_of_role(name, document) for name, (_, document) in roles.items() if name == role]
    person = (identity.is_role, identity.name.lower())
    grants = grants_of(datasets_naming({person}, catalogue, settings), settings)
    for principal, given in by_identity(grants, settings).items():
        if principal.person == person:
            sort = "role" if principal.is_role else "user"
            for packed in user_policies(principal, given, catalogue, settings):
                policy = settings.access_policy(sort, principal.name, packed.number)
                found.append(Policy(name=f"the managed policy {policy}", document=packed.document, of_resource=False))
    return found


def _of_role(role: str, document: Document, policy: str = "") -> Policy:
    name = f"the policy {policy} of the role {role}" if policy else f"the policy of the role {role}"
    return Policy(name=name, document=document, of_resource=False)


def resource_policies(location: Location, settings: Settings) -> list[Policy]:
    """The policy of a bucket: of ours as the stack makes it, of a target what its owner is told to add."""
    whose = f"the policy of the bucket {location.bucket}"
    if location.kind is BucketKind.TARGET:
        return [
            Policy(
                name=f"{whose}, as `provisioner explain {dataset.name}` prints it",
                document=target_bucket_policy(dataset, settings),
                of_resource=True,
                assumed=True,
            )
            for dataset in location.push
        ]
    if location.pull is not None:
        document = pull_bucket_policy(location.pull, settings)
    elif location.kind is BucketKind.EXPORT:
        document = export_bucket_policy(location.push, settings)
    else:
        document = journal_bucket_policy(settings)
    return [Policy(name=whose, document=document, of_resource=True)]
