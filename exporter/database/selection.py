"""A selection of PostgreSQL's, read by COPY: some rows at a time, however many there are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import pq, waiting
from psycopg.generators import fetch_many

from exporter.database.connection import in_words
from exporter.database.snapshot import Snapshot
from exporter.failure import SourceError
from exporter.selection import Column, Session

if TYPE_CHECKING:
    from psycopg.abc import PQGen

BATCH_BYTES: Final = 128 * 1024
"""Rows are handed on so many bytes at a time: some hundred, and little beside all else in memory."""


@dataclass(frozen=True, kw_only=True)
class PostgresSelection:
    """The rows of one statement in a run's snapshot. See `Selection`."""

    session: psycopg.Connection
    """Its transaction is in the snapshot."""
    snapshot: Snapshot
    statement: str
    columns: tuple[Column, ...]

    @property
    def timezone(self) -> str:
        """The IANA name of the export's time zone."""
        return self.snapshot.timezone

    def rows(self, options: str) -> Iterator[list[bytes]]:
        """The rows as COPY sends them, each time as many as BATCH_BYTES holds and one more.

        Raises:
            SourceError: the database refused, or went away.
        """
        statement = f"COPY (\n{self.statement}\n) TO STDOUT WITH ({options})"
        with in_words("the rows cannot be read"), self.session.cursor().copy(statement.encode()):
            # Not by the copy's own iterator, which takes longer for each row than the server does to send it.
            more = True
            while more:
                rows, more = self.session.wait(_batch(self.session.pgconn))
                if rows:
                    yield rows

    def other_session(self) -> Session:
        """For a reader that brings its own driver."""
        return Session(self.snapshot.url, self.snapshot.begin)


def _batch(pgconn: pq.abc.PGconn) -> "PQGen[tuple[list[bytes], bool]]":
    """The next rows of a COPY, and whether there may be more; it waits where psycopg's connection lets it."""
    rows: list[bytes] = []
    size = 0
    while size < BATCH_BYTES:
        received, row = pgconn.get_copy_data(1)
        if received > 0:
            rows.append(row)  # type: ignore[arg-type] # psycopg's C code gives bytes, and says memoryview
            size += received
        elif received == 0:
            yield waiting.WAIT_R
            pgconn.consume_input()
        else:
            for result in (yield from fetch_many(pgconn)):
                if result.status != pq.ExecStatus.COMMAND_OK:
                    raise psycopg.errors.error_from_result(result)
            return rows, False
    return rows, True


@dataclass(frozen=True)
class Origin:
    """The column of a table that a column of a selection is taken from, as it is."""

    table: int
    """The table's oid; 0 where it is computed."""
    number: int
    """The column's, in pg_attribute."""


@dataclass(frozen=True)
class Description:
    """What a statement gives, as the server sees it before it is run."""

    columns: tuple[Column, ...]
    origins: tuple[Origin, ...]


def describe(connection: psycopg.Connection, statement: str) -> Description:
    """Ask the server what a statement gives, without running it.

    Raises:
        SourceError: the server does not understand it.
    """
    for result in (connection.pgconn.prepare(b"", statement.encode()), connection.pgconn.describe_prepared(b"")):
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise SourceError(f"the source database refuses the query: {_message(result)}")
    fields = range(result.nfields)
    types = connection.execute(
        "SELECT format_type(t.id, t.modifier) FROM unnest(%s::oid[], %s::int[]) WITH ORDINALITY AS t (id, modifier, n)"
        " ORDER BY t.n",
        ([result.ftype(i) for i in fields], [result.fmod(i) for i in fields]),
    ).fetchall()
    return Description(
        tuple(Column((result.fname(i) or b"").decode(), type_) for i, (type_,) in zip(fields, types, strict=True)),
        tuple(Origin(result.ftable(i), result.ftablecol(i)) for i in fields),
    )


def _message(result: pq.abc.PGresult) -> str:
    return " ".join((result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b"").decode(errors="replace").split())
