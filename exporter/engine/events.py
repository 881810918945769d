"""What whoever runs an export is told, in the order in which it happens. At each of these a process may die."""

from collections.abc import Callable
from dataclasses import dataclass

from exporter.ledger.model import Output, Run


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that has just happened."""


@dataclass(frozen=True, kw_only=True)
class Recovered(Event):
    """What earlier runs left is finished or undone."""

    revealed: tuple[str, ...]
    """The keys of files that were committed and are now revealed."""
    abandoned: int
    """How many files were staged and not committed, and are removed."""
    failed: tuple[Run, ...]
    """The runs whose process had died."""


@dataclass(frozen=True, kw_only=True)
class RunStarted(Event):
    """The run is recorded and has its number of the day."""

    run: Run


@dataclass(frozen=True, kw_only=True)
class OfTask(Event):
    """Something of one task, or of one of its partitions."""

    task: str
    partition: str | None


@dataclass(frozen=True, kw_only=True)
class TaskStarted(OfTask):
    """Its rows are about to be read."""


@dataclass(frozen=True, kw_only=True)
class FileOpened(OfTask):
    """A file is begun, and its token recorded."""

    key: str


@dataclass(frozen=True, kw_only=True)
class Progress(OfTask):
    """Some more rows are read."""

    records: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class FileStaged(OfTask):
    """A file is safe at the target; nobody sees it."""

    key: str
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Deleted(OfTask):
    """The rows are deleted, in a transaction that is not yet committed."""

    records: int


@dataclass(frozen=True, kw_only=True)
class Retried(OfTask):
    """Others changed the rows that were to be deleted: nothing was, and it is tried again in a new snapshot."""

    attempt: int
    """The one that begins; the first was 1."""


@dataclass(frozen=True, kw_only=True)
class Committed(OfTask):
    """The commit point is passed."""

    output: Output


@dataclass(frozen=True, kw_only=True)
class FileRevealed(OfTask):
    """A file has its key, and the ledger knows."""

    key: str


@dataclass(frozen=True, kw_only=True)
class TaskFailed(OfTask):
    """Nothing of it is committed, or it is and could not be revealed yet."""

    error: str


@dataclass(frozen=True, kw_only=True)
class ManifestWritten(Event):
    """The manifest has its key."""

    key: str
    files: int


@dataclass(frozen=True, kw_only=True)
class RunFinished(Event):
    """The run's end is recorded."""

    run: Run


Observer = Callable[[Event], None]
"""Is called by one thread at a time. What it raises ends the run as a crash would."""


def ignore(event: Event) -> None:
    """An observer who is not interested."""
    del event
