"""One run at a time of an export into a target: an advisory lock of the source's, held by a session."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from exporter.failure import BusyError


@contextmanager
def locked(connection: psycopg.Connection, export: str, target: str) -> Iterator[None]:
    """Hold the lock; it is let go of with the session, whatever ends that.

    Raises:
        BusyError: another session holds it; the text says which.
    """
    key = lock_key(export, target)
    if connection.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone() != (True,):
        raise BusyError(f"the export '{export}' is being run already, by {_holder(connection, key)}")
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s)", (key,))


def lock_key(export: str, target: str) -> int:
    """The number of an export's lock: 64 bits, signed, as PostgreSQL wants it."""
    digest = hashlib.sha256(f"exporter\n{export}\n{target}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _holder(connection: psycopg.Connection, key: int) -> str:
    """Who holds a lock. A key stands in pg_locks as two halves (System Views, pg_locks)."""
    unsigned = key % 2**64
    row = connection.execute(
        "SELECT a.application_name, coalesce(host(a.client_addr), 'this machine'), a.pid, a.backend_start"
        " FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)"
        " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = %s AND l.objid = %s"
        " AND a.datname = current_database()",
        (unsigned >> 32, unsigned % 2**32),
    ).fetchone()
    if row is None:
        return "a session that has just ended: try again"
    application, address, pid, since = row
    return f"'{application}' from {address}, server process {pid}, since {since:%Y-%m-%d %H:%M:%S %z}"
