"""What lies in the export bucket and was not delivered yet, counted as a listing goes by."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Written(NamedTuple):
    """An object as a listing shows it."""

    key: str
    etag: str
    size: int
    """Bytes."""
    written: datetime


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """The pending files of a dataset."""

    files: int
    bytes: int
    oldest: datetime | None
    """When the oldest of them was written."""
    oldest_unexplained: datetime | None
    """The same among those of which the forwarder has said nothing."""
    noted: frozenset[str]
    """Of the ids that were asked for, those whose file is pending."""


def backlog(
    listing: Iterable[Written], delivered: Callable[[Written], bool], ids: frozenset[str], id_of: Callable[[str], str]
) -> Backlog:
    """Count a listing of any length; only the ids that are asked for are remembered.

    Args:
        listing: the objects of the dataset.
        delivered: whether an object is there still although it was delivered.
        ids: the ids of the keys of which the forwarder has said something.
        id_of: the id of a key.
    """
    files = size = 0
    oldest: datetime | None = None
    unexplained: datetime | None = None
    noted: set[str] = set()
    for one in listing:
        if delivered(one):
            continue
        files += 1
        size += one.size
        oldest = _earlier(oldest, one.written)
        if ids and (name := id_of(one.key)) in ids:
            noted.add(name)
        else:
            unexplained = _earlier(unexplained, one.written)
    return Backlog(files=files, bytes=size, oldest=oldest, oldest_unexplained=unexplained, noted=frozenset(noted))


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None or other < one else one
