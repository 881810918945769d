"""Connections to the source, and their errors in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from exporter.failure import SourceError

APPLICATION: Final = "dataset-exporter"
"""How the exporter's own sessions are named in pg_stat_activity: see `application`."""
DELETING: Final = "dataset-exporter-deleting"
"""The same of sessions that delete: by triggers they may write anything, so the windows of other exports wait for them
as for any writer."""
ENDLESS: Final = {
    140000: "idle_session_timeout",
    170000: "transaction_timeout",
}
"""What must not end a session that waits for a target, or holds the lock; by the version of PostgreSQL that brought it
(Client Connection Defaults, Statement Behavior)."""
CONNECT_SECONDS: Final = 10

CONTENTION: Final = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)
"""Others got at the same rows first: the transaction is to be tried again (PostgreSQL, Concurrency Control)."""


def connect(url: str, *, name: str, timezone: str = "UTC", deletes: bool = False) -> psycopg.Connection:
    """A connection in autocommit, in the export's time zone.

    Args:
        url: of the database.
        name: the export's.
        timezone: an IANA name.
        deletes: whether rows of the source are deleted by it.

    Raises:
        SourceError: the server does not answer, or not to us.
    """
    try:
        connection = psycopg.connect(
            url, autocommit=True, application_name=application(name, deletes=deletes), connect_timeout=CONNECT_SECONDS
        )
        connection.execute("; ".join(settings(timezone)).encode())
        for version, setting in ENDLESS.items():
            if connection.info.server_version >= version:
                connection.execute(sql.SQL("SET {} = 0").format(sql.Identifier(setting)))
        # What is revealed cannot be taken back: its commit must outlive a crash of the server.
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        )
    except psycopg.Error as error:
        raise SourceError(f"the source database at {place(url)} cannot be reached: {one_line(error)}") from error
    return connection


def application(name: str, *, deletes: bool = False) -> str:
    """How the sessions of an export are named, and those of it that delete."""
    return f"{DELETING if deletes else APPLICATION} {name}"


def settings(timezone: str) -> tuple[str, ...]:
    """The statements that set a session: whatever the user's own settings are, the same rows are the same bytes."""
    return (
        sql.SQL("SET TimeZone = {}").format(timezone).as_string(None),
        "SET DateStyle = 'ISO, YMD'",
        "SET IntervalStyle = 'postgres'",
        "SET extra_float_digits = 1",
        "SET bytea_output = 'hex'",
        "SET client_encoding = 'UTF8'",
        "SET statement_timeout = 0",
        "SET idle_in_transaction_session_timeout = 0",
    )


def place(url: str) -> str:
    """Where a URL leads, without user and password."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'its socket'}{f':{parts.port}' if parts.port else ''}{parts.path}"


def one_line(error: psycopg.Error) -> str:
    """What the server or the driver says, in one line."""
    diagnosis = error.diag
    if diagnosis.message_primary is None:
        return " ".join(str(error).split())
    return " ".join(
        text for text in (diagnosis.message_primary, diagnosis.message_detail, diagnosis.message_hint) if text
    )


@contextmanager
def in_words(what: str) -> Iterator[None]:
    """Errors of the database as a SourceError that says what was being done.

    Raises:
        SourceError: the database refused.
        psycopg.Error: one of CONTENTION, as it is.
    """
    try:
        yield
    except CONTENTION:
        raise
    except psycopg.Error as error:
        raise SourceError(f"{what}: {one_line(error)}") from error
