"""One unit, from its rows to the commit: read, encode, stage, delete, commit. What fails leaves nothing behind."""

from contextlib import nullcontext
from typing import Final

import psycopg

from exporter.database.connection import CONTENTION, in_words
from exporter.database.deletion import Exported, delete_exported
from exporter.database.parameters import bind
from exporter.database.piece import bounded
from exporter.database.selection import PostgresSelection, describe
from exporter.database.snapshot import Snapshot, snapshot
from exporter.database.statement import changed, wrap
from exporter.encode.encode import encode
from exporter.engine.due import due_of
from exporter.engine.events import Committed, Deleted, Progress, Retried, TaskStarted
from exporter.engine.files import Files
from exporter.engine.keys import names
from exporter.engine.unit import Unit
from exporter.engine.work import Work
from exporter.failure import ExportError
from exporter.ledger.model import File, Kind, Output, OutputState
from provisioner.exports.model import LedgerPlace

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
    due = due_of(work, unit)
    files = Files(work=work, task=task.name, partition=unit.partition, publish=task.publish)
    delete = task.delete if work.request.delete else None
    writes = work.export.ledger == LedgerPlace.SOURCE
    with state.transaction(writes=writes, deletes=delete is not None) as session:
        try:
            query = bind(task.query.text, {**unit.values, **work.parameters})
            described = describe(session, query)
            which = changed(described.columns, task, due.window) if due.window else None
            piece = bounded(session, query, task, due.piece) if due.piece else None
            if piece:
                # What has changed comes with the piece, so that nobody waits for it until the last one.
                which = f"{which} OR ({piece.condition(task)})"
            statement = wrap(query, described.columns, task, which=which, partition=unit.partition)
            encoded = encode(
                PostgresSelection(
                    session=session, snapshot=state, statement=statement, columns=describe(session, statement).columns
                ),
                task,
                names(work, unit, due.number),
                files.open,
                lambda records, size: work.tell(
                    Progress(task=task.name, partition=unit.partition, records=records, bytes=size)
                ),
            )
            staged = files.stage(encoded)
            if delete:
                with in_words(f"the rows of the task '{task.name}' cannot be deleted"):
                    delete_exported(
                        session,
                        bind(delete.text, {**unit.values, **work.parameters}),
                        Exported(query=query, described=described, condition=which, records=encoded.records),
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
            base=due.number.base if staged else None,
            increment=due.number.increment if staged else None,
            records=encoded.records,
            since=due.window.since if due.window else None,
            until=due.window.until if due.window else None,
            piece=piece.size if piece else None,
            last=piece.last if piece else None,
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
