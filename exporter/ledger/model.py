"""What a ledger holds, and what is asked of one."""

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from exporter.publish.target import Staged
from provisioner.exports.model import Publish


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    """It runs, or its process died: the next run finds out and calls it failed."""
    PUBLISHED = "published"
    """All went well, and there were rows."""
    EMPTY = "empty"
    """All went well, and there was no row."""
    FAILED = "failed"


class Kind(StrEnum):
    """What a run was asked for."""

    PARTIAL = "partial"
    """What is due: of a window what has changed, of anything else all rows."""
    FULL = "full"
    """All rows, and the next base number."""
    BACKFILL = "backfill"
    """A window of the past, again; no cursor moves."""


class OutputState(StrEnum):
    """How the files of one task, or of one of its partitions, stand."""

    STAGED = "staged"
    """Committed: the rows are deleted and the files safe; not all of them are revealed yet."""
    PUBLISHED = "published"
    EMPTY = "empty"
    """There was no row."""
    FAILED = "failed"
    """Nothing was committed: no row deleted, no number used, no cursor moved."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of an export into one target."""

    id: int
    export: str
    target: str
    """The target's URL."""
    kind: Kind
    number: int
    """Of the runs that were started that day, in the export's time zone; the first is 1."""
    started_at: datetime.datetime
    """By the clock of the source's server, as all times of a ledger."""
    finished_at: datetime.datetime | None
    state: RunState
    error: str | None
    """Every task's error, a line each."""
    holder: str
    """The machine and the process that ran it."""


@dataclass(frozen=True, kw_only=True)
class Output:
    """What a run made of one task, or of one of its partitions."""

    run: int
    task: str
    partition: str | None
    state: OutputState
    base: int | None = None
    """Counts the full exports; None where no number was used, as of an empty one."""
    increment: int | None = None
    """Counts the exports since the last full one."""
    records: int = 0
    since: datetime.datetime | None = None
    """The window's begin, itself within; None for all that was there."""
    until: datetime.datetime | None = None
    """The window's end, itself not within; None where there is no window."""
    error: str | None = None
    piece: int | None = None
    """Of a full export in pieces: how many rows each has."""
    last: tuple[str, ...] | None = None
    """What the last row of such a piece is ordered by, as texts; None after the last piece."""


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that is safe at its target."""

    run: int
    task: str
    partition: str | None
    key: str
    bytes: int
    sha256: str
    records: int
    token: str
    """With which the target reveals it."""
    publish: Publish
    staged_at: datetime.datetime
    revealed_at: datetime.datetime | None
    manifest: str | None
    """The key of the manifest that lists it."""

    @property
    def staged(self) -> Staged:
        """As the target knows it."""
        return Staged(key=self.key, token=self.token, bytes=self.bytes, sha256=self.sha256)


@dataclass(frozen=True)
class Number:
    """What stands in the keys of a task's files, or of a partition's."""

    base: int
    increment: int


class Ledger(Protocol):
    """What can be asked of a ledger. A ledger that was never made holds nothing.

    Raises:
        ExportError: it cannot be read, whichever method was called.
    """

    def runs(self, export: str, target: str | None = None, limit: int = 20) -> list[Run]:
        """The latest runs, the last first; of every target where none is named."""

    def outputs(self, run: int) -> list[Output]:
        """What a run made, in the order in which it was made."""

    def files(
        self, export: str, target: str, *, run: int | None = None, key: str | None = None, revealed: bool | None = None
    ) -> list[File]:
        """The files of an export, in the order of their commits, without manifests."""

    def manifests(self, export: str, target: str, *, run: int | None = None) -> list[File]:
        """The manifests of an export, in the order of their commits; `task` is empty in each."""
