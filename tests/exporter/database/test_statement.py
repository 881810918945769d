"""The statement that is read, and what it gives on a real PostgreSQL."""

import datetime

import psycopg
import pytest

from exporter.database.selection import describe
from exporter.database.statement import Window, changed, wrap
from exporter.failure import ExportError
from exporter.selection import Column
from provisioner.exports.model import Field, Mode, Task
from tests.exporter.engine.exports import task

COLUMNS = (Column("id", "integer"), Column("code", "text"), Column("new", "boolean"))


def rows(database: psycopg.Connection, of: Task, **how: str | None) -> list[tuple[object, ...]]:
    statement = wrap(of.query.text, describe(database, of.query.text).columns, of, **how)
    return database.execute(statement.encode()).fetchall()


def test_a_field_is_renamed_recoded_hidden_or_begins_with_a_partition() -> None:
    fields = {
        "id": Field(name='I"D'),
        "code": Field(codes={"20": "5", "'": "it's"}),
        "new": Field(since="2024"),
    }
    recoded = task("SELECT * FROM t", fields=fields, order=("id",))
    assert wrap("SELECT * FROM t", COLUMNS, recoded, partition="2023") == (
        'SELECT q."id" AS "I""D",\n'
        "  CASE q.\"code\"::text WHEN '20' THEN '5' WHEN '''' THEN 'it''s' ELSE q.\"code\"::text END AS \"code\"\n"
        'FROM (\nSELECT * FROM t\n) AS q\nORDER BY q."id"'
    )
    assert '"new"' in wrap("SELECT * FROM t", COLUMNS, recoded, partition="2024")


@pytest.mark.parametrize(("partition", "has_it"), [("9", False), ("10", True), ("2024b", True), (None, True)])
def test_partitions_are_compared_as_numbers_if_both_are(partition: str | None, has_it: bool) -> None:
    since = task("SELECT 1", fields={"new": Field(since="10")})
    assert ('"new"' in wrap("SELECT 1", COLUMNS, since, partition=partition).split("FROM")[0]) == has_it


def test_without_an_order_rows_are_ordered_by_all_columns_whatever_their_types(database: psycopg.Connection) -> None:
    values = """SELECT * FROM (VALUES ('b'::text, '{"a": 1}'::json, '(2,1)'::point), ('B', '[]', '(1,1)'),
        ('b', '[]', '(1,1)')) AS v (t, j, p)"""
    assert [row[:2] for row in rows(database, task(values))] == [("B", []), ("b", []), ("b", {"a": 1})]


def test_the_order_of_the_query_itself_stays(database: psycopg.Connection) -> None:
    from dataclasses import replace

    backwards = task("SELECT i FROM generate_series(1, 3) AS i ORDER BY i DESC")
    backwards = replace(backwards, query=replace(backwards.query, ordered=True))
    assert rows(database, backwards) == [(3,), (2,), (1,)]


def test_two_columns_of_a_name_are_refused_before_anything_is_read() -> None:
    with pytest.raises(ExportError, match="selects two columns named 'id'"):
        wrap("SELECT 1", (*COLUMNS, COLUMNS[0]), task("SELECT 1"))


UNTIL = datetime.datetime(2026, 7, 1, 4, tzinfo=datetime.UTC)
WINDOW = task("SELECT 1", mode=Mode.WINDOW, cursor=("a", "b"))


def test_any_cursor_in_the_window_takes_the_row_each_compared_in_its_own_type() -> None:
    columns = (Column("a", "timestamp with time zone"), Column("b", "timestamp(3) without time zone"))
    assert changed(columns, WINDOW, Window(since=UNTIL - datetime.timedelta(days=1), until=UNTIL)) == (
        "(q.\"a\" >= TIMESTAMPTZ '2026-06-30 04:00:00+00:00' AND q.\"a\" < TIMESTAMPTZ '2026-07-01 04:00:00+00:00')"
        " OR (q.\"b\" >= TIMESTAMP '2026-06-30 04:00:00' AND q.\"b\" < TIMESTAMP '2026-07-01 04:00:00')"
    )


def test_the_first_window_has_rows_that_no_cursor_dates() -> None:
    columns = (Column("a", "timestamp with time zone"), Column("b", "timestamp with time zone"))
    assert changed(columns, WINDOW, Window(since=None, until=UNTIL)).endswith(
        'OR (isfinite(q."a") IS NOT TRUE AND isfinite(q."b") IS NOT TRUE)'
    )


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ((Column("a", "date"), Column("b", "date")), "cursor 'a' of the task 'visits' is of type date"),
        ((Column("b", "timestamp with time zone"),), "does not select 'a', which its `cursor` names; it selects 'b'"),
    ],
)
def test_a_cursor_that_cannot_be_one_is_said(columns: tuple[Column, ...], said: str) -> None:
    with pytest.raises(ExportError, match=said):
        changed(columns, WINDOW, Window(since=None, until=UNTIL))
