"""Engines that are broken on purpose: what the crash test must find. Each is called in the process that is killed."""

from collections.abc import Callable, Iterator
from typing import Final

import psycopg

from exporter.database.deletion import Exported, delete_exported
from exporter.encode import zip as archives
from exporter.encode.encode import Encoded
from exporter.encode.part import Part
from exporter.engine import attempt, run
from exporter.engine.clock import Clock
from exporter.engine.due import Due, due_of
from exporter.engine.events import Committed, Deleted, FileOpened, FileRevealed, FileStaged, Observer
from exporter.engine.files import Files
from exporter.engine.unit import Unit
from exporter.engine.work import Work
from exporter.ledger.model import File, Output, OutputState
from exporter.ledger.sql import SqlLedger
from exporter.publish.folder import Folder, FolderSink
from exporter.publish.target import Target
from provisioner.exports.model import Publish
from tests.exporter.crashes.steps import Last


def reveals_before_the_commit() -> None:
    stage = Files.stage

    def broken(self: Files, encoded: Encoded) -> tuple[File, ...]:
        files = stage(self, encoded)
        for file in files:
            self.work.target.reveal(file.staged, file.publish)
        return files

    Files.stage = broken  # type: ignore[method-assign] # on purpose


def deletes_before_the_commit() -> None:
    def broken(session: psycopg.Connection, statement: str, exported: Exported) -> None:
        delete_exported(session, statement, exported)
        session.commit()

    attempt.delete_exported = broken  # type: ignore[attr-defined] # where it is called


def moves_the_cursor_before_the_commit() -> None:

    def broken(work: Work, unit: Unit) -> Due:
        due = due_of(work, unit)
        if due.window:
            with work.ledger.transaction() as execute:
                output = Output(
                    run=work.run.id,
                    task=unit.task.name,
                    partition=unit.partition,
                    state=OutputState.EMPTY,
                    since=due.window.since,
                    until=due.window.until,
                )
                work.ledger._insert_output(execute, output, moves=True)
        return due

    attempt.due_of = broken  # type: ignore[attr-defined] # where it is called


def recovers_nothing() -> None:
    def broken(export: str, target: Target, ledger: SqlLedger, clock: Clock, observe: Observer) -> tuple[str, ...]:
        del observe
        ledger.bury(export, target.url, at=clock.now())
        return ()

    run.recover = broken  # type: ignore[attr-defined] # where it is called


def records_no_token() -> None:
    def broken(self: SqlLedger, run: int, token: str) -> None:
        del self, run, token

    SqlLedger.stage = broken  # type: ignore[method-assign] # on purpose


def lists_only_its_own_files() -> None:
    unlisted = SqlLedger.unlisted

    def broken(self: SqlLedger, export: str, target: str) -> list[File]:
        last = self.runs(export, target, limit=1)[0].id
        return [file for file in unlisted(self, export, target) if file.run == last]

    SqlLedger.unlisted = broken  # type: ignore[method-assign] # on purpose


def counts_the_last_part_alone() -> None:
    def broken(whole: Part, part: Part) -> Iterator[bytes]:
        for chunk in part.chunks:
            whole.records = part.records
            yield chunk

    archives._counted = broken


def replaces_in_place() -> None:
    def broken(self: Folder, key: str, publish: Publish) -> FolderSink:
        del publish
        (self._folder / key).unlink(missing_ok=True)
        return FolderSink(self._folder, key, self._folder / key)

    Folder.open = broken  # type: ignore[method-assign] # on purpose


FOLDER, BUCKET = ("plain", "folder"), ("deleted", "bucket")

BROKEN: Final[dict[Callable[[], None], tuple[tuple[str, str], Last]]] = {
    reveals_before_the_commit: (BUCKET, Deleted),
    deletes_before_the_commit: (FOLDER, Deleted),
    moves_the_cursor_before_the_commit: (FOLDER, FileOpened),
    recovers_nothing: (FOLDER, Committed),
    records_no_token: (FOLDER, FileStaged),
    lists_only_its_own_files: (FOLDER, FileRevealed),
    counts_the_last_part_alone: (("packed", "folder"), None),
    replaces_in_place: (("pieces", "folder"), FileOpened),
}
"""What is broken, where it does harm, and the event at which a process that dies does it."""
