"""Who can do what, of whatever was asked about: a place, a dataset, somebody, or a whole account."""

import datetime
import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from provisioner.access.asking.identity import Identity, identities_named, is_account, names_of, read_identity, the_one
from provisioner.access.asking.location import Location, is_uri, locations_of, read_location
from provisioner.access.asking.reach import Reach, reached_by, reached_from, who_reaches
from provisioner.datasets.model import Catalogue
from provisioner.failure import UsageError
from provisioner.reading.printable import shown
from provisioner.settings import Settings


class Places(NamedTuple):
    """One place; or those of the datasets of a name."""

    locations: tuple[Location, ...]


class Account(NamedTuple):
    """Everybody of an account."""

    account_id: str


Subject = Places | Identity | Account


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Who can do what on a day."""

    subject: Subject
    day: datetime.date
    """In UTC."""
    reaches: tuple[Reach, ...]


def who(asked: str, day: datetime.date, catalogue: Catalogue, settings: Settings) -> Listing:
    """Who can do what at a place or with a dataset, or what somebody or anybody of an account can do.

    Args:
        asked: an S3 URI, a dataset's name, or who is asked about: see `read_identity`; or the number of an account.
        day: on which.
        catalogue: all datasets.
        settings: of the stack.

    Raises:
        UsageError: it is nothing of that kind, or two things at once.
    """
    subject = read_subject(asked, catalogue, settings)
    return Listing(subject=subject, day=day, reaches=tuple(_reaches(subject, day, catalogue, settings)))


def read_subject(asked: str, catalogue: Catalogue, settings: Settings) -> Subject:
    """What somebody asks about.

    Raises:
        UsageError: it is nothing that is known, or two things at once.
    """
    if is_uri(asked):
        return Places((read_location(asked, catalogue, settings),))
    if is_account(asked):
        return Account(asked)
    if asked.startswith("arn:"):
        return read_identity(asked, catalogue, settings)
    datasets = [dataset for dataset in catalogue if dataset.name == asked]
    named = identities_named(asked, catalogue, settings)
    if datasets and named:
        raise UsageError(f"'{asked}' is a dataset and a name too: ask about {named[0].arn}, or about a place in S3")
    if datasets:
        return Places(tuple(place for one in datasets for place in locations_of(one, catalogue, settings)))
    if named:
        return the_one(asked, named)
    near = difflib.get_close_matches(
        asked, [*names_of(catalogue, settings), *(dataset.name for dataset in catalogue)], n=1
    )
    hint = f"; did you mean '{near[0]}'?" if near else ""
    raise UsageError(f"'{shown(asked)}' is no dataset, and nobody whom one names{hint}")


def _reaches(subject: Subject, day: datetime.date, catalogue: Catalogue, settings: Settings) -> Iterable[Reach]:
    match subject:
        case Places(locations=locations):
            return _at(locations, day, catalogue, settings)
        case Account(account_id=account_id):
            return reached_from(account_id, day, catalogue, settings)
        case Identity():
            return reached_by(subject, day, catalogue, settings)


def _at(locations: Iterable[Location], day: datetime.date, catalogue: Catalogue, settings: Settings) -> Iterator[Reach]:
    for location in locations:
        yield from who_reaches(location, day, catalogue, settings)
