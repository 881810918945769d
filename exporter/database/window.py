"""Where a window ends: before whatever is still being written."""

import datetime
from typing import Final

import psycopg

from exporter.database.connection import APPLICATION
from exporter.failure import SourceError

GRACE: Final = 0.05
"""Seconds for a transaction that has just taken its time to appear in pg_stat_activity: it takes microseconds."""

GRAIN = datetime.timedelta(seconds=1)
"""What a window's end is rounded down to: columns and applications' clocks cut fractions of a second off a time that is
then before the begin of its transaction."""

READERS: Final = ("autovacuum worker", "walsender")
"""Kinds of sessions that write no rows (The Cumulative Statistics System, pg_stat_activity.backend_type)."""

REMEDIES: Final = (
    "let a superuser run `GRANT pg_read_all_stats TO <the exporter's user>`, or say in the dataset file how long"
    " a transaction may last, as in `lag: 15 minutes`"
)


def server_time(connection: psycopg.Connection) -> datetime.datetime:
    """The clock of the server, whose times the cursors are."""
    ((now,),) = connection.execute("SELECT clock_timestamp()").fetchall()
    assert isinstance(now, datetime.datetime)  # noqa: S101 - a timestamptz
    return now.astimezone(datetime.UTC)


def window_end(connection: psycopg.Connection, lag: datetime.timedelta | None) -> datetime.datetime:
    """The time before which no row version will ever be written any more. Ask before the snapshot is taken.

    A row's time is that of the transaction's begin, or later, so the begin of the oldest one that is open bounds them
    all; also of one that has written nothing yet.

    Args:
        connection: of any user.
        lag: how long a transaction may last at most, where that is known.

    Raises:
        SourceError: without a lag, the open transactions cannot be seen.
    """
    now = server_time(connection)
    end = now - lag if lag is not None else _oldest(connection, now)
    return end - (end - datetime.datetime.min.replace(tzinfo=datetime.UTC)) % GRAIN


def _oldest(connection: psycopg.Connection, now: datetime.datetime) -> datetime.datetime:
    """The begin of the oldest transaction of another that is open, or now."""
    ((standby, sees_all),) = connection.execute(
        "SELECT pg_is_in_recovery(),"
        " pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AND current_setting('track_activities')::boolean"
    ).fetchall()
    if standby:
        raise SourceError(
            "the source is a standby, where nobody sees the transactions of its primary: say in the dataset file how"
            " long one may last and the standby may be behind, as in `lag: 15 minutes`"
        )
    if not sees_all:
        raise SourceError(f"the exporter may not see which transactions are open, so no window can end: {REMEDIES}")
    # In a statement of its own: beside the view, the server may read that first and sleep afterwards.
    connection.execute("SELECT pg_sleep(%s)", (GRACE,))
    ((oldest,),) = connection.execute(
        "SELECT min(xact_start) FROM pg_stat_activity"
        " WHERE datname = current_database() AND backend_type <> ALL (%s) AND pid <> pg_backend_pid()"
        " AND NOT starts_with(application_name, %s)",
        (list(READERS), f"{APPLICATION} "),
    ).fetchall()
    # After that: one that is prepared in between is in neither otherwise.
    ((prepared,),) = connection.execute(
        "SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()"
    ).fetchall()
    if prepared:
        raise SourceError(
            f"{prepared} prepared transactions are open, of which PostgreSQL does not say when they began: commit or"
            " roll them back, or say in the dataset file how long one may last, as in `lag: 15 minutes`"
        )
    return min(now, oldest.astimezone(datetime.UTC)) if oldest else now
