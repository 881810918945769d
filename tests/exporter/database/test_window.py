"""Where a window ends: before whoever still writes, and after whoever has ended."""

import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from exporter.database import window
from exporter.database.connection import connect
from exporter.database.window import window_end


@pytest.fixture
def since(database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The time at which the test begins."""
    monkeypatch.setattr(window, "GRAIN", timedelta(microseconds=1))
    ((now,),) = database.execute("SELECT clock_timestamp()").fetchall()
    assert isinstance(now, datetime)
    return now.astimezone(UTC)


def test_who_writes_is_looked_for_after_the_grace(
    since: datetime, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction that ends meanwhile holds no window back; so one that begins meanwhile is seen too."""
    monkeypatch.setattr(window, "GRACE", 0.5)
    with psycopg.connect(database_url) as writer, connect(database_url, name="visits") as asker:
        ((begin,),) = writer.execute("SELECT now()").fetchall()
        timer = threading.Timer(0.1, writer.rollback)
        timer.start()
        assert window_end(asker, None) > begin > since
        timer.join()


@pytest.mark.parametrize(("deletes", "waits"), [(True, True), (False, False)])
def test_an_export_that_deletes_is_waited_for_and_one_that_reads_is_not(
    since: datetime, database_url: str, *, deletes: bool, waits: bool
) -> None:
    """By triggers it may write rows of any table, with the time at which it began."""
    other = connect(database_url, name="other", deletes=deletes)
    with other, other.transaction(), connect(database_url, name="visits") as asker:
        ((begin,),) = other.execute("SELECT now()").fetchall()
        assert begin > since
        assert (window_end(asker, None) <= begin) is waits
