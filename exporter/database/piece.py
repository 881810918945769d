"""A piece of a full export that is made in several runs: so many rows from where the last piece ended."""

from dataclasses import dataclass, replace

import psycopg
from psycopg import sql

from exporter.database.statement import matching, named
from exporter.failure import ExportError
from provisioner.exports.model import Task


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Where a piece begins and, once the server was asked, where it ends. Rows of one order are never parted."""

    size: int
    """How many rows it has, and the further ones whose order is that of the last."""
    after: tuple[str, ...] | None
    """What the rows are ordered by, in the last row of the piece before, as texts; None for the first piece."""
    last: tuple[str, ...] | None = None
    """The same in its own last row; None where it goes to the end of the rows."""

    def condition(self, task: Task) -> str:
        """Which rows of the task's query are in it; those whose order is NULL are in the last."""
        parts = []
        if self.after:
            parts.append(f"({_compared(task, '<=', self.after)}) IS NOT TRUE")
        if self.last:
            parts.append(_compared(task, "<=", self.last))
        return " AND ".join(parts) or "TRUE"


def bounded(session: psycopg.Connection, query: str, task: Task, piece: Piece) -> Piece:
    """A piece with its end, as it is in the session's snapshot.

    Raises:
        ExportError: the task has no order to part its rows by, or another than at the first piece.
        psycopg.Error: the database refuses.
    """
    if not task.order:
        raise ExportError(
            f"the task '{task.name}' says no `order`, by which a full export could be made in pieces: name the columns"
            " of a key"
        )
    if piece.after and len(piece.after) != len(task.order):
        raise ExportError(
            f"the `order` of the task '{task.name}' has changed amid a full export in pieces: begin it again, by --full"
        )
    names = [named(column) for column in task.order]
    row = session.execute(
        (
            matching(query, ", ".join(f"{name}::text" for name in names), piece.condition(task))
            + f"\nORDER BY {', '.join(names)} OFFSET {piece.size - 1} LIMIT 1"
        ).encode()
    ).fetchone()
    return replace(piece, last=None if row is None or None in row else tuple(row))


def _compared(task: Task, how: str, values: tuple[str, ...]) -> str:
    """The order of a row against that of another. The server reads each text as its column's type."""
    row = ", ".join(named(column) for column in task.order)
    return f"ROW({row}) {how} ROW({', '.join(sql.Literal(value).as_string(None) for value in values)})"
