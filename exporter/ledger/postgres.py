"""The ledger in the source database: what is deleted and what is recorded are one transaction."""

import datetime
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg

from exporter.failure import ExportError
from exporter.ledger.schema import SCHEMA
from exporter.ledger.sql import Execute, SqlLedger

TOLD_APART: Final = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.SerializationFailure,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.UniqueViolation,
)
"""Errors that whoever asked has an answer to."""


class PostgresLedger(SqlLedger):
    """The schema `exporter` of the source database."""

    identity = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    time = "TIMESTAMPTZ"
    duplicate = psycopg.errors.UniqueViolation

    def __init__(self, connection: psycopg.Connection, *, create: bool = True) -> None:
        """Find the ledger, or make it.

        Args:
            connection: in autocommit; the ledger's own transactions run on it.
            create: whether to make the ledger where there is none, and bring an older one up to date.

        Raises:
            ExportError: it may not be made, or a newer exporter made it.
        """
        self._connection = connection
        self._turn = threading.RLock()
        self._present = True
        if create:
            self._make()
        else:
            self._present = self._exists()

    @property
    def present(self) -> bool:
        """See `SqlLedger`."""
        return self._present

    @contextmanager
    def transaction(self) -> Iterator[Execute]:
        """See `SqlLedger`."""
        with self._turn, self._in_words(), self._connection.transaction():
            yield _execute(self._connection)

    @contextmanager
    def committing(self, source: psycopg.Connection) -> Iterator[Execute]:
        """See `SqlLedger`."""
        with self._in_words():
            yield _execute(source)
            source.commit()

    def still_running(self, execute: Execute, run: int) -> bool:
        """See `SqlLedger`.

        Who calls the run failed waits for this transaction's end; where they were first, it cannot be serialised.
        """
        return bool(execute("SELECT 1 FROM exporter.run WHERE id = ? AND state = 'running' FOR SHARE", run))

    def moment(self, value: Any) -> datetime.datetime | None:
        """See `SqlLedger`."""
        return None if value is None else value.astimezone(datetime.UTC)

    def _exists(self) -> bool:
        row = self._connection.execute("SELECT to_regclass('exporter.version') IS NOT NULL").fetchone()
        return bool(row and row[0])

    def _make(self) -> None:
        try:
            with self.transaction() as execute:
                if not self._exists():
                    # Two first runs at once: the second waits here, and then finds the tables.
                    execute("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", SCHEMA)
                    if not execute("SELECT 1 FROM pg_namespace WHERE nspname = ?", SCHEMA):
                        execute(f"CREATE SCHEMA {SCHEMA}")
                    execute("CREATE TABLE IF NOT EXISTS exporter.version (version INTEGER PRIMARY KEY)")
                ((version,),) = execute("SELECT coalesce(max(version), 0) FROM exporter.version")
                self.migrate(execute, version)
        except psycopg.errors.InsufficientPrivilege as denied:
            raise ExportError(
                f"the ledger cannot be made in the source database ({denied.diag.message_primary}): let a user who may"
                f" run `CREATE SCHEMA {SCHEMA} AUTHORIZATION <the exporter's user>`, or say `ledger: file`"
            ) from denied

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """The driver's errors as ours, but for those that a caller tells apart."""
        try:
            yield
        except TOLD_APART:
            raise
        except psycopg.Error as error:
            raise ExportError(f"the ledger in the source database: {error}") from error


def _execute(connection: psycopg.Connection) -> Execute:
    def execute(statement: str, *values: object) -> list[tuple[Any, ...]]:
        cursor = connection.execute(statement.replace("?", "%s").encode(), values)
        return cursor.fetchall() if cursor.description else []

    return execute
