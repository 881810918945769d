"""What the datasets need of AWS: whom and what to look up."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from provisioner.access.grants import Grant, Principal, by_identity, datasets_naming, grants_of
from provisioner.access.limits import user_policies
from provisioner.datasets.model import Catalogue
from provisioner.live.observed import Person
from provisioner.settings import Settings


class Need(NamedTuple):
    """Somebody of our account, and how many managed policies all their datasets take."""

    principal: Principal
    policies: int


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What the chosen datasets need."""

    chosen: Catalogue
    people: dict[Person, Need]
    """The users, and the readers of our own account."""


def needs_of(chosen: Catalogue, catalogue: Catalogue, settings: Settings) -> Needs:
    """What some datasets of a catalogue need; people with all the datasets that they have.

    Raises:
        LimitExceededError: somebody has more datasets than policies hold; `check` has found that before.
    """
    wanted = set(map(person, by_identity(grants_of(chosen, settings), settings)))
    theirs = datasets_naming(wanted, catalogue)
    people = {
        person(principal): Need(principal, _count(principal, grants, theirs, settings))
        for principal, grants in by_identity(grants_of(theirs, settings), settings).items()
        if person(principal) in wanted
    }
    return Needs(chosen=chosen, people=people)


def _count(principal: Principal, grants: Iterable[Grant], catalogue: Catalogue, settings: Settings) -> int:
    return len(user_policies(principal, grants, catalogue, settings))


def person(principal: Principal) -> Person:
    """As IAM tells apart who is in an account."""
    return principal.is_role, principal.name.lower()
