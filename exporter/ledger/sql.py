"""A ledger in SQL that PostgreSQL and SQLite both understand; what differs is in their own modules."""
# ruff: noqa: S608 - what is put into a statement are the constants below; every value is a parameter

import datetime
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final, Protocol

from exporter.failure import ExportError, SupersededError, TakenError
from exporter.ledger.model import File, Kind, Number, Output, OutputState, Run, RunState
from exporter.ledger.schema import STEPS
from provisioner.exports.model import Publish

if TYPE_CHECKING:
    import psycopg

MANIFEST: Final = ""
"""The task of a manifest: no task has an empty name."""

RUN: Final = "id, export, target, kind, number, started_at, finished_at, state, error, holder"
OUTPUT: Final = "run, task, part, state, base, increment, records, since, until, error, piece, last"
FILE: Final = "run, task, part, key, bytes, sha256, records, token, publish, staged_at, revealed_at, manifest"

DIED = "its process ended before the run did"


class Execute(Protocol):
    """Runs one statement, `?` for each value, and gives its rows."""

    def __call__(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows; none for a statement that gives none."""


class SqlLedger(ABC):
    """A ledger of either database."""

    identity: str
    """The type of a column that numbers its rows."""
    time: str
    """The type of a column that holds a time."""

    duplicate: type[Exception]
    """What the driver raises where a row would break a UNIQUE constraint."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Execute]:
        """A transaction of the ledger's own: committed at the end, rolled back by an exception."""

    @abstractmethod
    def committing(self, source: "psycopg.Connection") -> AbstractContextManager[Execute]:
        """The transaction that commits what `source` has done, and the ledger's rows with it."""

    @abstractmethod
    def moment(self, value: Any) -> datetime.datetime | None:
        """A time as the database gives it."""

    @abstractmethod
    def still_running(self, execute: Execute, run: int) -> bool:
        """Whether a run is not yet called failed, and stays so until the transaction ends."""

    @property
    @abstractmethod
    def present(self) -> bool:
        """Whether the ledger has been made; one that has not holds no row."""

    def migrate(self, execute: Execute, version: int) -> None:
        """Apply the steps that come after a version.

        Raises:
            ExportError: a newer exporter made the ledger.
        """
        if version > len(STEPS):
            raise ExportError(
                f"the ledger is of version {version} and this exporter knows {len(STEPS)}: run the newer exporter"
            )
        for number, step in enumerate(STEPS[version:], start=version + 1):
            for statement in step:
                execute(statement.format(identity=self.identity, time=self.time))
            execute("INSERT INTO exporter.version (version) VALUES (?)", number)

    def runs(self, export: str, target: str | None = None, limit: int = 20) -> list[Run]:
        """The latest runs, the last first; of every target where none is named."""
        return [
            self._run(row)
            for row in self._read(
                f"SELECT {RUN} FROM exporter.run WHERE export = ? AND (target = ? OR ? = 1) ORDER BY id DESC LIMIT ?",
                *(export, target or "", int(target is None), limit),
            )
        ]

    def outputs(self, run: int) -> list[Output]:
        """What a run made, in the order in which it was made."""
        return [
            self._output(row)
            for row in self._read(f"SELECT {OUTPUT} FROM exporter.output WHERE run = ? ORDER BY id", run)
        ]

    def files(
        self, export: str, target: str, *, run: int | None = None, key: str | None = None, revealed: bool | None = None
    ) -> list[File]:
        """The files of an export, in the order of their commits, without manifests."""
        return self._files("task <> ?", MANIFEST, export=export, target=target, run=run, key=key, revealed=revealed)

    def manifests(self, export: str, target: str, *, run: int | None = None) -> list[File]:
        """The manifests of an export, in the order of their commits."""
        return self._files("task = ?", MANIFEST, export=export, target=target, run=run)

    def unrevealed(self, export: str, target: str) -> list[File]:
        """What is committed and has not its key yet, manifests too, in the order of the commits."""
        return self._files("1 = ?", 1, export=export, target=target, revealed=False)

    def unlisted(self, export: str, target: str) -> list[File]:
        """What is revealed and stands in no manifest yet."""
        return self._files("manifest IS NULL AND task <> ?", MANIFEST, export=export, target=target, revealed=True)

    def number(self, export: str, target: str, task: str, partition: str | None) -> Number | None:
        """The highest that was used; None before the first."""
        rows = self._read(
            "SELECT base, increment FROM exporter.output WHERE export = ? AND target = ? AND task = ? AND part = ?"
            " AND base IS NOT NULL ORDER BY base DESC, increment DESC LIMIT 1",
            *(export, target, task, partition or ""),
        )
        return Number(*rows[0]) if rows else None

    def cursor(self, export: str, target: str, task: str, partition: str | None) -> datetime.datetime | None:
        """Where the next window begins; None before the first."""
        ((until,),) = self._read(
            "SELECT max(until) FROM exporter.output WHERE export = ? AND target = ? AND task = ? AND part = ?"
            " AND moves = ? AND state <> ?",
            *(export, target, task, partition or "", True, OutputState.FAILED),
        ) or [(None,)]
        return self.moment(until)

    def last_output(self, export: str, target: str, task: str, partition: str | None) -> Output | None:
        """The last that was committed and no backfill; None before the first."""
        rows = self._read(
            f"SELECT {OUTPUT} FROM exporter.output WHERE export = ? AND target = ? AND task = ? AND part = ?"
            " AND moves = ? AND state <> ? ORDER BY id DESC LIMIT 1",
            *(export, target, task, partition or "", True, OutputState.FAILED),
        )
        return self._output(rows[0]) if rows else None

    def start(
        self, export: str, target: str, kind: Kind, *, at: datetime.datetime, day: datetime.date, holder: str
    ) -> Run:
        """Record a run and give it its number of the day."""
        with self.transaction() as execute:
            ((number,),) = execute(
                "SELECT coalesce(max(number), 0) + 1 FROM exporter.run WHERE export = ? AND target = ? AND day = ?",
                *(export, target, day.isoformat()),
            )
            rows = execute(
                "INSERT INTO exporter.run (export, target, kind, day, number, started_at, state, holder)"
                f" VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING {RUN}",
                *(export, target, kind, day.isoformat(), number, at, RunState.RUNNING, holder),
            )
        return self._run(rows[0])

    def finish(self, run: int, state: RunState, *, at: datetime.datetime, error: str | None) -> Run:
        """Record how a run ended. One that another process called failed stays so."""
        with self.transaction() as execute:
            rows = execute(
                "UPDATE exporter.run SET state = CASE WHEN state = ? THEN ? ELSE state END, finished_at = ?,"
                f" error = coalesce(?, error) WHERE id = ? RETURNING {RUN}",
                *(RunState.RUNNING, state, at, error, run),
            )
        return self._run(rows[0])

    def bury(self, export: str, target: str, *, at: datetime.datetime) -> list[Run]:
        """Call failed what stands as running though its process no longer holds the lock; it can then commit nothing.

        Returns:
            Those runs.
        """
        with self.transaction() as execute:
            rows = execute(
                "UPDATE exporter.run SET state = ?, finished_at = ?, error = ?"
                f" WHERE export = ? AND target = ? AND state = ? RETURNING {RUN}",
                *(RunState.FAILED, at, DIED, export, target, RunState.RUNNING),
            )
        return [self._run(row) for row in rows]

    def stage(self, run: int, token: str) -> None:
        """Record, before the first byte is written, that a file of that token may be at the target."""
        with self.transaction() as execute:
            execute("INSERT INTO exporter.staging (token, run) VALUES (?, ?)", token, run)

    def orphans(self, export: str, target: str) -> list[str]:
        """The tokens that were recorded and never committed."""
        rows = self._read(
            "SELECT s.token FROM exporter.staging AS s JOIN exporter.run AS r ON r.id = s.run"
            " WHERE r.export = ? AND r.target = ? AND s.token NOT IN (SELECT token FROM exporter.file)",
            *(export, target),
        )
        return [token for (token,) in rows]

    def forget(self, tokens: Sequence[str]) -> None:
        """Forget that these were staged: they are committed, or abandoned."""
        with self.transaction() as execute:
            for token in tokens:
                execute("DELETE FROM exporter.staging WHERE token = ?", token)

    def commit(self, source: "psycopg.Connection", output: Output, files: Sequence[File], *, moves: bool) -> None:
        """The commit point: the output, its files, its number and its cursor, with all that `source` has done.

        Args:
            source: the task's transaction; it is committed.
            output: what was made.
            files: the files that are staged.
            moves: whether the next window begins where this one ends.

        Raises:
            TakenError: a key that is to be put once was published before.
            SupersededError: another process took over.
            ExportError: the database refuses, or does not answer.
        """
        with self.committing(source) as execute:
            self._must_be_running(execute, output.run)
            self._insert_output(execute, output, moves=moves)
            for file in files:
                self._insert_file(execute, file)

    def committed(self, output: Output) -> bool:
        """Whether an output was committed, where the answer to the commit was lost. It waits until that has ended."""
        with self.transaction() as execute:
            # An update waits for whoever asked whether the run is still running, and so for their commit.
            execute("UPDATE exporter.run SET holder = holder WHERE id = ?", output.run)
            return bool(
                execute(
                    "SELECT 1 FROM exporter.output WHERE run = ? AND task = ? AND part = ? AND state <> ?",
                    *(output.run, output.task, output.partition or "", OutputState.FAILED),
                )
            )

    def fail(self, output: Output) -> None:
        """Record what did not work."""
        with self.transaction() as execute:
            self._insert_output(execute, output, moves=False)

    def list_files(self, manifest: File, files: Sequence[File]) -> None:
        """Record a manifest that is staged, and the files that it lists, in one transaction.

        Raises:
            TakenError: its key was published before.
            SupersededError: another process took over, and lists the files itself.
            ExportError: the database refuses, or does not answer.
        """
        with self.transaction() as execute:
            self._must_be_running(execute, manifest.run)
            self._insert_file(execute, manifest)
            for file in files:
                execute("UPDATE exporter.file SET manifest = ? WHERE token = ?", manifest.key, file.token)

    def reveal(self, file: File, *, at: datetime.datetime) -> None:
        """Record that a file has its key, and with its last file that an output is published."""
        with self.transaction() as execute:
            execute("UPDATE exporter.file SET revealed_at = ? WHERE token = ?", at, file.token)
            execute(
                "UPDATE exporter.output SET state = ? WHERE run = ? AND task = ? AND part = ? AND state = ?"
                " AND NOT EXISTS (SELECT 1 FROM exporter.file AS f WHERE f.run = output.run AND f.task = output.task"
                " AND f.part = output.part AND f.revealed_at IS NULL)",
                *(OutputState.PUBLISHED, file.run, file.task, file.partition or "", OutputState.STAGED),
            )
            execute("DELETE FROM exporter.staging WHERE token = ?", file.token)

    def _read(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query; none where there is no ledger yet."""
        if not self.present:
            return []
        with self.transaction() as execute:
            return execute(statement, *values)

    def _files(
        self,
        condition: str,
        value: object,
        *,
        export: str,
        target: str,
        run: int | None = None,
        key: str | None = None,
        revealed: bool | None = None,
    ) -> list[File]:
        """The files that fulfil a condition and whatever else is not None."""
        conditions = {
            condition: value,
            "export = ?": export,
            "target = ?": target,
            **({"run = ?": run} if run is not None else {}),
            **({"key = ?": key} if key is not None else {}),
            **({"(revealed_at IS NOT NULL) = ?": revealed} if revealed is not None else {}),
        }
        rows = self._read(
            f"SELECT {FILE} FROM exporter.file WHERE {' AND '.join(conditions)} ORDER BY id",
            *conditions.values(),
        )
        return [self._file(row) for row in rows]

    def _must_be_running(self, execute: Execute, run: int) -> None:
        if not self.still_running(execute, run):
            raise SupersededError("another process took this run for dead and went on with the export")

    def _insert_output(self, execute: Execute, output: Output, *, moves: bool) -> None:
        execute(
            "INSERT INTO exporter.output"
            " (run, export, target, task, part, state, base, increment, records,"
            " since, until, moves, error, piece, last)"
            " SELECT id, export, target, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM exporter.run WHERE id = ?",
            *(output.task, output.partition or "", output.state, output.base, output.increment, output.records),
            *(output.since, output.until, moves, output.error),
            *(output.piece, json.dumps(output.last) if output.last else None, output.run),
        )

    def _insert_file(self, execute: Execute, file: File) -> None:
        once = file.key if file.publish == Publish.ONCE else None
        try:
            execute(
                "INSERT INTO exporter.file"
                " (run, export, target, task, part, key, once, bytes, sha256, records, token, publish, staged_at)"
                " SELECT id, export, target, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM exporter.run WHERE id = ?",
                *(file.task, file.partition or "", file.key, once, file.bytes, file.sha256, file.records, file.token),
                *(file.publish, file.staged_at, file.run),
            )
        except self.duplicate as twice:
            raise TakenError(
                f"'{file.key}' was published before and is put once: give its key what tells one run, task or partition"
                " from another"
            ) from twice

    def _run(self, row: tuple[Any, ...]) -> Run:
        id_, export, target, kind, number, started_at, finished_at, state, error, holder = row
        started = self.moment(started_at)
        assert started is not None  # noqa: S101 - the column is NOT NULL
        return Run(
            id=id_,
            export=export,
            target=target,
            kind=Kind(kind),
            number=number,
            started_at=started,
            finished_at=self.moment(finished_at),
            state=RunState(state),
            error=error,
            holder=holder,
        )

    def _output(self, row: tuple[Any, ...]) -> Output:
        run, task, part, state, base, increment, records, since, until, error, piece, last = row
        return Output(
            run=run,
            task=task,
            partition=part or None,
            state=OutputState(state),
            base=base,
            increment=increment,
            records=records,
            since=self.moment(since),
            until=self.moment(until),
            error=error,
            piece=piece,
            last=tuple(json.loads(last)) if last else None,
        )

    def _file(self, row: tuple[Any, ...]) -> File:
        run, task, part, key, bytes_, sha256, records, token, publish, staged_at, revealed_at, manifest = row
        staged = self.moment(staged_at)
        assert staged is not None  # noqa: S101 - the column is NOT NULL
        return File(
            run=run,
            task=task,
            partition=part or None,
            key=key,
            bytes=bytes_,
            sha256=sha256,
            records=records,
            token=token,
            publish=Publish(publish),
            staged_at=staged,
            revealed_at=self.moment(revealed_at),
            manifest=manifest,
        )
