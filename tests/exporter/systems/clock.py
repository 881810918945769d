"""A clock that stands: names and times of files are then known beforehand, to the byte.

All times of a run are the source server's. So the database gets functions of the same names as PostgreSQL's own, and
the sessions of the run find those first.
"""

import datetime
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import psycopg

_CLOCK: Final = """
    CREATE SCHEMA standing;
    CREATE TABLE standing.clock (moment timestamptz NOT NULL);
    CREATE FUNCTION standing.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT moment FROM standing.clock';
    CREATE FUNCTION standing.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT moment FROM standing.clock';
    INSERT INTO standing.clock VALUES (pg_catalog.now())
"""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """The clock of one database."""

    database: psycopg.Connection

    @classmethod
    def stop(cls, database: psycopg.Connection) -> "Clock":
        """Give a database such a clock; it shows the time of this moment until it is set."""
        database.execute(_CLOCK)
        return cls(database=database)

    def set(self, text: str) -> None:
        """Show this time: ISO 8601, with its offset from UTC."""
        moment = datetime.datetime.fromisoformat(text)
        assert moment.tzinfo is not None
        self.database.execute("UPDATE standing.clock SET moment = %s", [moment])


def watched(url: str) -> str:
    """A database's URL, for sessions that go by its standing clock."""
    return f"{url}&options={quote('-c search_path=standing,pg_catalog,public')}"
