"""One unit, from its rows to the commit: read, encode, stage, delete, commit. What fails leaves nothing behind."""

from contextlib import nullcontext
from typing import Final

import psycopg

from exporter.database.connection import CONTENTION, in_words
from exporter.database.deletion import Exported, delete_exported
from exporter.database.parameters import bind
from exporter.database.selection import PostgresSelection, describe
from exporter.database.snapshot import Snapshot, snapshot
from exporter.database.statement import Window, condition, wrap
from exporter.encode.encode import encode
from exporter.engine.events import Committed, Deleted, Progress, Retried, TaskStarted
from exporter.engine.files import Files
from exporter.engine.keys import names
from exporter.engine.numbering import next_number
from exporter.engine.unit import Unit
from exporter.engine.work import Work
from exporter.failure import ExportError
from exporter.ledger.model import File, Kind, Output, OutputState
from provisioner.exports.model import LedgerPlace, Mode

ATTEMPTS: Final = 5
"""How often a unit is tried whose rows others change while they are deleted."""


def export_unit(work: Work, unit: Unit, taken: Snapshot) -> tuple[File, ...]:
    """Export and commit a unit.

    Args:
        work: the run.
        unit: what is exported.
        taken: the run's snapshot. A further attempt has a new one: the rows that others changed are others now.

    Returns:
        The files, committed and not yet revealed.

    Raises:
        ExportError: nothing of it was committed, unless the ledger itself could not be asked any more.
    """
    work.tell(TaskStarted(task=unit.task.name, partition=unit.partition))
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with (
                snapshot(work.url, export=taken.export, timezone=taken.timezone)
                if attempt > 1
                else nullcontext(taken) as state
            ):
                return _attempt(work, unit, state)
        except CONTENTION:
            work.tell(Retried(task=unit.task.name, partition=unit.partition, attempt=attempt + 1))
    raise ExportError(
        f"others changed the rows of the task '{unit.task.name}' while they were being deleted, {ATTEMPTS} times:"
        " nothing was deleted or published. Run it when less is written, or leave out rows that still change"
    )


def _attempt(work: Work, unit: Unit, state: Snapshot) -> tuple[File, ...]:
    """All or nothing."""
    task = unit.task
    window = _window(work, unit)
    number = next_number(work.ledger.number(work.run.export, work.run.target, task.name, unit.partition), work.run.kind)
    files = Files(work=work, task=task.name, partition=unit.partition, publish=task.publish)
    with state.transaction(writes=work.export.ledger == LedgerPlace.SOURCE) as session:
        try:
            query = bind(task.query.text, {**unit.values, **work.parameters})
            described = describe(session, query)
            statement = wrap(query, described.columns, task, window=window, partition=unit.partition)
            selection = PostgresSelection(
                session=session, snapshot=state, statement=statement, columns=describe(session, statement).columns
            )
            encoded = encode(
                selection,
                task,
                names(work, unit, number),
                files.open,
                lambda records, size: work.tell(
                    Progress(task=task.name, partition=unit.partition, records=records, bytes=size)
                ),
            )
            staged = files.stage(encoded)
            if task.delete and work.request.delete:
                with in_words(f"the rows of the task '{task.name}' cannot be deleted"):
                    delete_exported(
                        session,
                        bind(task.delete.text, {**unit.values, **work.parameters}),
                        Exported(
                            query=query,
                            described=described,
                            condition=condition(described.columns, task, window),
                            records=encoded.records,
                        ),
                    )
                work.tell(Deleted(task=task.name, partition=unit.partition, records=encoded.records))
        except (ExportError, psycopg.Error):
            files.discard()
            raise
        output = Output(
            run=work.run.id,
            task=task.name,
            partition=unit.partition,
            state=OutputState.STAGED if encoded.records else OutputState.EMPTY,
            base=number.base if staged else None,
            increment=number.increment if staged else None,
            records=encoded.records,
            since=window.since if window else None,
            until=window.until if window else None,
            error=None,
        )
        try:
            work.ledger.commit(session, output, staged, moves=work.run.kind != Kind.BACKFILL)
        except (ExportError, psycopg.Error):
            # The answer may be lost and the commit made all the same: what is committed is never discarded.
            session.close()
            if not work.ledger.committed(output):
                files.discard()
                raise
    work.tell(Committed(task=task.name, partition=unit.partition, output=output))
    return staged


def _window(work: Work, unit: Unit) -> Window | None:
    """Which window of a unit is due, or asked for."""
    if unit.task.mode != Mode.WINDOW or work.until is None:
        return None
    match work.run.kind:
        case Kind.BACKFILL:
            asked = work.request
            return Window(since=asked.since, until=min(asked.until or work.until, work.until))
        case Kind.FULL:
            since = None
        case Kind.PARTIAL:
            since = work.ledger.cursor(work.run.export, work.run.target, unit.task.name, unit.partition)
    # A transaction that is open for longer than since the last run: the window is empty, and no cursor goes back.
    return Window(since=since, until=max(work.until, since or work.until))
