"""How the deliveries of each dataset stand. Pure: what was asked of AWS makes it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from provisioner.changes.sentence import Sentence
from provisioner.datasets.model import PushDataset
from provisioner.operations.backlog import Backlog
from provisioner.operations.cause import Failed, Held, by_cause
from provisioner.operations.journal import Sweep, Trouble, Upload
from provisioner.operations.letter import Letter
from provisioner.operations.queues import Counts
from provisioner.settings import Settings

OVERDUE: Final = timedelta(minutes=30)
"""How much older than the time between two sweeps a file may be and still be on its way as it should: the sweep leaves
alone what is younger than 15 minutes, and a run of the forwarder takes 15 minutes at most."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the export bucket and the journal have of one dataset."""

    backlog: Backlog | None
    """None where it was not answered."""
    troubles: Mapping[str, Trouble]
    """By the ids of their keys."""
    uploads: Mapping[str, Upload]
    unread: int = 0
    """Notes of the journal that were counted and not read, for there are too many."""


@dataclass(frozen=True, kw_only=True)
class Retrying:
    """Files that could not be delivered and are tried again by themselves."""

    files: int
    next: datetime | None
    """When the first of them is."""
    causes: tuple[Held, ...]


@dataclass(frozen=True, kw_only=True)
class DatasetStatus:
    """How the deliveries of one dataset stand."""

    dataset: PushDataset
    backlog: Backlog | None
    uploads: tuple[Upload, ...]
    """Large objects on their way, the oldest first."""
    retrying: Retrying
    dead: tuple[Held, ...]
    """What is not tried again before somebody redrives it."""
    unread: int
    last_delivered: datetime | None
    """None where CloudWatch knows of none in its memory."""
    overdue: bool
    """Whether something is pending of which the forwarder ought to have said something."""

    @property
    def dead_count(self) -> int:
        """Files and messages that are not tried again by themselves."""
        return sum(held.count for held in self.dead)

    @property
    def in_flight(self) -> int:
        """Files that the forwarder has in hand: on their way, or tried again later."""
        return len(self.uploads) + self.retrying.files

    @property
    def needs_somebody(self) -> bool:
        """Whether it does not go on by itself as it should."""
        return self.overdue or bool(self.dead)

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to deliver."""
        nothing = self.backlog is not None and not self.backlog.files
        return nothing and not (self.in_flight or self.dead or self.unread)


@dataclass(frozen=True, kw_only=True)
class QueueStatus:
    """The forwarder's queue as a whole; None is what was not answered."""

    counts: Counts | None
    dead_letters: int | None
    """Messages in the dead-letter queue."""
    looked_at: int
    """How many of them were looked at."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """How all deliveries stand."""

    at: datetime
    datasets: tuple[DatasetStatus, ...]
    queue: QueueStatus
    sweep: Sweep | None
    """The last sweep; None before the first, or where it was not answered."""
    unknown: tuple[Held, ...]
    """Dead letters of no dataset that there is."""
    refused: tuple[Sentence, ...]
    """What AWS did not answer."""

    @property
    def needs_somebody(self) -> bool:
        """Whether anything does not go on by itself as it should."""
        return bool(self.unknown) or any(one.needs_somebody for one in self.datasets)


def dataset_status(
    dataset: PushDataset,
    seen: Seen,
    letters: Iterable[Letter],
    last_delivered: datetime | None,
    now: datetime,
    settings: Settings,
) -> DatasetStatus:
    """How one dataset stands, by what was seen of it and its own dead letters.

    A trouble that the journal calls dead counts as long as its file is pending: it may have been delivered since.
    """
    pending: frozenset[str] = frozenset() if seen.backlog is None else seen.backlog.noted
    buried = [one.failed for one in letters]
    buried_keys = {one.key for one in buried}
    dead = [one.failed for name, one in seen.troubles.items() if one.dead and name in pending]
    retrying = [one for one in seen.troubles.values() if not one.dead and one.failed.key not in buried_keys]
    return DatasetStatus(
        dataset=dataset,
        backlog=seen.backlog,
        uploads=tuple(sorted(seen.uploads.values(), key=lambda one: one.since)),
        retrying=_retrying(retrying),
        dead=by_cause([*buried, *dead]),
        unread=seen.unread,
        last_delivered=last_delivered,
        overdue=_overdue(seen.backlog, now, settings),
    )


def unknown_letters(letters: Iterable[Letter], datasets: Collection[str]) -> tuple[Held, ...]:
    """What is dead and belongs to none of the datasets."""
    return by_cause(one.failed for one in letters if one.dataset not in datasets)


def _retrying(troubles: Collection[Trouble]) -> Retrying:
    failed: list[Failed] = [one.failed for one in troubles]
    return Retrying(
        files=len(failed),
        next=min((one.next for one in troubles if one.next), default=None),
        causes=by_cause(failed),
    )


def _overdue(backlog: Backlog | None, now: datetime, settings: Settings) -> bool:
    if backlog is None or backlog.oldest_unexplained is None:
        return False
    return now - backlog.oldest_unexplained > timedelta(minutes=settings.sweep_minutes) + OVERDUE
