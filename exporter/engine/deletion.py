"""The rows of a unit, deleted in the transaction that records them: exactly those that are in its files, or none."""

import psycopg

from exporter.database.connection import in_words
from exporter.database.parameters import bind
from exporter.database.selection import Description
from exporter.database.statement import Window
from exporter.engine.events import Deleted
from exporter.engine.unit import Unit
from exporter.engine.work import Work
from exporter.failure import ExportError


def delete(
    work: Work,
    unit: Unit,
    session: psycopg.Connection,
    *,
    described: Description,
    query: str,
    window: Window | None,
    records: int,
) -> None:
    """Delete what was exported, in the snapshot that it was read in.

    Raises:
        ExportError: the rows would not be those that were exported.
        psycopg.errors.SerializationFailure: others changed them since.
    """
    del described, query, window
    assert unit.task.delete is not None  # noqa: S101 - whoever calls has looked
    with in_words(f"the rows of the task '{unit.task.name}' cannot be deleted"):
        deleted = session.execute(bind(unit.task.delete.text, {**unit.values, **work.parameters}).encode()).rowcount
    if deleted != records:
        raise ExportError(
            f"the delete query of the task '{unit.task.name}' deletes {deleted} rows, and {records} were exported:"
            " nothing was deleted or published. Let both queries have the same condition"
        )
    work.tell(Deleted(task=unit.task.name, partition=unit.partition, records=deleted))
