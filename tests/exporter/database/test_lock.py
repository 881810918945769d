"""One run at a time of an export into a target."""

import psycopg
import pytest

from exporter.database.connection import connect
from exporter.database.lock import locked
from exporter.failure import BusyError


def test_a_second_run_is_told_who_holds_the_lock_and_since_when(
    database: psycopg.Connection, database_url: str
) -> None:
    with (
        connect(database_url, name="visits") as first,
        locked(first, "visits", "file:///a/"),
        pytest.raises(
            BusyError, match=rf"'dataset-exporter visits' from .*, server process {first.info.backend_pid}, since 20"
        ),
        locked(database, "visits", "file:///a/"),
    ):
        raise AssertionError("both have it")


def test_another_target_or_export_is_no_hindrance(database: psycopg.Connection, database_url: str) -> None:
    with (
        connect(database_url, name="visits") as first,
        locked(first, "visits", "file:///a/"),
        locked(database, "visits", "file:///b/"),
        locked(database, "places", "file:///a/"),
    ):
        pass


def test_the_lock_goes_with_its_session(database: psycopg.Connection, database_url: str) -> None:
    with connect(database_url, name="visits") as first, locked(first, "visits", "file:///a/"):
        database.execute("SELECT pg_terminate_backend(%s, 5000)", (first.info.backend_pid,))
        with locked(database, "visits", "file:///a/"):
            pass
