"""The database of an example, with its sample in it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from provisioner.emulator import postgres
from provisioner.emulator.examples import Example

_TABLES = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A source database, as whoever owns it sees it."""

    url: str
    tables: tuple[sql.Identifier, ...]
    """Those of the sample."""
    before: int
    """How many rows they had, all together, when nothing had run."""

    def rows(self) -> int:
        """How many rows they have now."""
        with psycopg.connect(self.url) as connection:
            return _rows(connection, self.tables)


@contextmanager
def source_of(example: Example, server_url: str) -> Iterator[Source]:
    """The database of an example on a server; it is gone afterwards."""
    with postgres.database(server_url, f"tour_{uuid.uuid4().hex}") as url:
        with psycopg.connect(url) as connection:
            for statements in example.sample:
                connection.execute(statements.encode())
            tables = tuple(sql.Identifier(*names) for names in connection.execute(_TABLES).fetchall())
            before = _rows(connection, tables)
        yield Source(url=url, tables=tables, before=before)


def _rows(connection: psycopg.Connection, tables: tuple[sql.Identifier, ...]) -> int:
    counts = sql.SQL(" + ").join(sql.SQL("(SELECT count(*) FROM {})").format(table) for table in tables)
    ((rows,),) = connection.execute(sql.SQL("SELECT {}").format(counts)).fetchall()
    return int(rows)
