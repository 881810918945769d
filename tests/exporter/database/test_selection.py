"""The rows of a statement, as COPY sends them."""

import psycopg
import pytest

from exporter.database.selection import BATCH_BYTES, PostgresSelection
from exporter.database.snapshot import snapshot
from exporter.failure import SourceError


def rows(url: str, statement: str) -> list[list[bytes]]:
    with snapshot(url, export="visits", timezone="UTC") as taken, taken.transaction() as session:
        selection = PostgresSelection(session=session, snapshot=taken, statement=statement, columns=())
        batches = list(selection.rows("FORMAT csv"))
        # The transaction goes on: what is deleted and committed is in the same one.
        assert session.execute("SELECT 1").fetchone() == (1,)
        return batches


def test_the_rows_come_in_order_and_some_at_a_time(database_url: str) -> None:
    batches = rows(database_url, "SELECT n, repeat('x', 90) FROM generate_series(1, 5000) AS n")
    assert [row for batch in batches for row in batch] == [b"%d,%s\n" % (n, b"x" * 90) for n in range(1, 5001)]
    assert len(batches) > 1
    assert all(0 < sum(map(len, batch)) < BATCH_BYTES + 100 for batch in batches)


def test_no_row_is_no_batch(database_url: str) -> None:
    assert rows(database_url, "SELECT 1 WHERE false") == []


def test_an_error_amid_the_rows_is_one_and_not_their_end(database_url: str) -> None:
    with pytest.raises(SourceError, match="the rows cannot be read: division by zero"):
        rows(database_url, "SELECT 1 / (4000 - n), repeat('x', 90) FROM generate_series(1, 5000) AS n")


def test_a_server_that_goes_away_amid_the_rows_is_an_error_and_not_their_end(
    database: psycopg.Connection, database_url: str
) -> None:
    statement = "SELECT n, repeat('x', 90) FROM generate_series(1, 100000) AS n"
    with snapshot(database_url, export="visits", timezone="UTC") as taken, taken.transaction() as session:
        batches = PostgresSelection(session=session, snapshot=taken, statement=statement, columns=()).rows("FORMAT csv")
        next(batches)
        database.execute("SELECT pg_terminate_backend(%s)", (session.info.backend_pid,))
        with pytest.raises(SourceError, match="the rows cannot be read: "):
            list(batches)
