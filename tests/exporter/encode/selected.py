"""Selections to encode: of a database, or of rows at hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

import psycopg
from psycopg import sql

from exporter.selection import Column, Session

AT_A_TIME: Final = 7
"""Rows of a batch: so few that where they are parted is seen."""


@dataclass(frozen=True, kw_only=True)
class Selected:
    """What a statement selects in a database."""

    database: psycopg.Connection
    statement: str
    timezone: str = "UTC"

    @property
    def columns(self) -> tuple[Column, ...]:
        cursor = self.database.execute(f"SELECT * FROM ({self.statement}) AS q LIMIT 0".encode())  # noqa: S608 # a test's own
        if cursor.pgresult is None or cursor.description is None:
            return ()
        kinds = [(cursor.pgresult.ftype(at), cursor.pgresult.fmod(at)) for at in range(cursor.pgresult.nfields)]
        formatted = [self.database.execute("SELECT format_type(%s, %s)", kind).fetchone() or "" for kind in kinds]
        return tuple(Column(said.name, kind[0]) for said, kind in zip(cursor.description, formatted, strict=True))

    def rows(self, options: str) -> Iterator[list[bytes]]:
        self.database.execute(sql.SQL("SET timezone TO {}").format(self.timezone))
        with self.database.cursor().copy(f"COPY ({self.statement}) TO STDOUT WITH ({options})".encode()) as copy:
            rows = map(bytes, copy)
            while some := list(islice(rows, AT_A_TIME)):
                yield some

    def other_session(self) -> Session:
        info = self.database.info
        url = f"postgresql://{info.user}@/{info.dbname}?host={info.host}&port={info.port}"
        return Session(url, (f"SET timezone TO '{self.timezone}'", "BEGIN"))
