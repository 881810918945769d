"""The ledger in a file of its own, for a source that may only be read."""

import datetime
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg

from exporter.failure import ExportError
from exporter.ledger.schema import SCHEMA
from exporter.ledger.sql import Execute, SqlLedger

WAIT: Final = 30.0
"""Seconds for another process to finish its transaction."""


class SqliteLedger(SqlLedger):
    """An SQLite file."""

    identity = "INTEGER PRIMARY KEY AUTOINCREMENT"
    time = "TEXT"
    duplicate = sqlite3.IntegrityError

    def __init__(self, file: Path, *, create: bool = True) -> None:
        """Open the file, or make it.

        Args:
            file: where it is, or shall be.
            create: whether to make the ledger where there is none, and bring an older one up to date.

        Raises:
            ExportError: it is no ledger, or may not be made, or a newer exporter made it.
        """
        self._path = file
        self._turn = threading.RLock()
        self._present = create or file.exists()
        self._connection = sqlite3.connect(":memory:", timeout=WAIT, isolation_level=None, check_same_thread=False)
        if self._present:
            with self._in_words():
                # Attached by the schema's name, so that both databases understand the same statements.
                self._connection.execute(f"ATTACH DATABASE ? AS {SCHEMA}", (str(file),))
        if create:
            with self.transaction() as execute:
                execute("CREATE TABLE IF NOT EXISTS exporter.version (version INTEGER PRIMARY KEY)")
                ((version,),) = execute("SELECT coalesce(max(version), 0) FROM exporter.version")
                self.migrate(execute, version)

    @property
    def present(self) -> bool:
        """See `SqlLedger`."""
        return self._present

    @contextmanager
    def transaction(self) -> Iterator[Execute]:
        """See `SqlLedger`."""
        with self._turn, self._in_words():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._execute
                self._connection.execute("COMMIT")
            except BaseException:
                # On a full disk SQLite may have rolled back by itself (SQLite, Transactions, 2.4).
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def committing(self, source: psycopg.Connection) -> Iterator[Execute]:
        """See `SqlLedger`. Nothing can have been done in the source, which is only read."""
        with self.transaction() as execute:
            yield execute
        source.rollback()

    def still_running(self, execute: Execute, run: int) -> bool:
        """See `SqlLedger`. The transaction holds the whole file."""
        return bool(execute("SELECT 1 FROM exporter.run WHERE id = ? AND state = 'running'", run))

    def moment(self, value: Any) -> datetime.datetime | None:
        """See `SqlLedger`."""
        return None if value is None else datetime.datetime.fromisoformat(value)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _execute(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, [_stored(value) for value in values]).fetchall()

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise ExportError(f"the ledger in {self._path}: {error}") from error


def _stored(value: object) -> Any:
    """A value as SQLite keeps it: times as texts of one length in UTC, whose order is that of the times."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    return value
