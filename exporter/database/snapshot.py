"""One state of the database for everything that a run reads, whichever session reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from exporter.database.connection import application, connect, in_words, settings


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A state of the source that other sessions can read too, while the one that exported it lasts."""

    url: str
    name: str
    """PostgreSQL's own name of it."""
    export: str
    timezone: str
    session: psycopg.Connection
    """The one that exported it; it may read too, as long as no error ends its transaction."""

    @property
    def begin(self) -> tuple[str, ...]:
        """The statements with which a session of another driver begins a transaction in this state, to read."""
        return (
            sql.SQL("SET application_name = {}").format(application(self.export)).as_string(None),
            *settings(self.timezone),
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            sql.SQL("SET TRANSACTION SNAPSHOT {}").format(self.name).as_string(None),
        )

    @contextmanager
    def transaction(self, *, writes: bool = False, deletes: bool = False) -> Iterator[psycopg.Connection]:
        """A transaction of its own session in this state; it is rolled back unless it was committed.

        Args:
            writes: whether it may write.
            deletes: whether it deletes rows of the source.

        Raises:
            SourceError: the snapshot is gone, or the server.
        """
        with connect(self.url, name=self.export, timezone=self.timezone, deletes=deletes) as connection:
            connection.autocommit = False
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = not writes
            with in_words("the run's snapshot cannot be read"):
                connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(self.name))
            try:
                yield connection
            except BaseException:
                # Not rolled back: that would wait for ever for a COPY that nobody reads to its end any more.
                connection.close()
                raise
            if not connection.closed:
                connection.rollback()


@contextmanager
def snapshot(url: str, *, export: str, timezone: str) -> Iterator[Snapshot]:
    """The database as it is now.

    Raises:
        SourceError: the server cannot be reached, or refuses.
    """
    with connect(url, name=export, timezone=timezone) as holder:
        holder.autocommit = False
        holder.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        holder.read_only = True
        with in_words("no snapshot can be taken"):
            ((name,),) = holder.execute("SELECT pg_export_snapshot()").fetchall()
        yield Snapshot(url=url, name=name, export=export, timezone=timezone, session=holder)
        holder.rollback()
