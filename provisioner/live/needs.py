"""What the datasets need of AWS: whom and what to look up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from provisioner.access.grants import Grant, Person, Principal, by_identity, datasets_naming, grants_of
from provisioner.access.limits import MAX_MANAGED_POLICY
from provisioner.access.packing import pack
from provisioner.datasets.keys import Kind
from provisioner.datasets.model import Catalogue, PullDataset, PushDataset
from provisioner.settings import Settings


class Need(NamedTuple):
    """Somebody of our account, and the managed policies that give them all their datasets."""

    principal: Principal
    policies: Mapping[str, Sequence[Grant]]
    """What each is to give, by the policy's name."""


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What the chosen datasets need."""

    chosen: Catalogue
    people: Mapping[Person, Need]
    """The users, and the readers of our own account."""


def needs_of(chosen: Catalogue, catalogue: Catalogue, settings: Settings) -> Needs:
    """What some datasets of a catalogue need; people with all the datasets that they have."""
    wanted = {principal.person for principal in by_identity(grants_of(chosen, settings), settings)}
    theirs = datasets_naming(wanted, catalogue, settings)
    people = {
        principal.person: Need(principal, _policies(principal, grants, settings))
        for principal, grants in by_identity(grants_of(theirs, settings), settings).items()
        if principal.person in wanted
    }
    return Needs(chosen=chosen, people=people)


def _policies(principal: Principal, grants: Sequence[Grant], settings: Settings) -> dict[str, Sequence[Grant]]:
    kind = "role" if principal.is_role else "user"
    return {
        settings.access_policy(kind, principal.name, policy.number): policy.grants
        for policy in pack(grants, MAX_MANAGED_POLICY, settings)
    }


def by_dataset(
    grants: Sequence[Grant], datasets: Mapping[tuple[Kind, str], PushDataset | PullDataset]
) -> Iterator[tuple[PushDataset | PullDataset, list[Grant]]]:
    """Each of the datasets that some grants come from, with those that come from it."""
    held: dict[tuple[Kind, str], list[Grant]] = {}
    for grant in grants:
        held.setdefault((grant.kind, grant.dataset), []).append(grant)
    return ((datasets[key], given) for key, given in held.items() if key in datasets)
