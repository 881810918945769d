"""Parquet: what PostgreSQL has is what pyarrow reads back, of the type that says so."""

import datetime
import io
from collections.abc import Sequence
from typing import Any, Final

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import sql

from exporter.database.selection import PostgresSelection, describe
from exporter.database.snapshot import snapshot
from exporter.encode.columnar import batches
from exporter.encode.encode import encode
from exporter.failure import EncodeError, PublishError, SourceError
from exporter.selection import Selection, Session
from provisioner.exports.model import Format, WhenEmpty
from tests.exporter.encode.encoded import Memory, encoded, names, task, unheard
from tests.exporter.encode.selected import Selected
from tests.exporter.encode.values import TYPES, all_types

THREE: Final = "SELECT i AS id, 'é ' || i AS name FROM generate_series(1, 3) AS i"


def files_of(selection: Selection, **options: Any) -> list[bytes]:
    """The files of a selection."""
    return list(encoded(selection, task(format=Format.PARQUET, **options))[1].values())


def tables(reading: psycopg.Connection, statement: str, **options: Any) -> list[pa.Table]:
    """What is in the files of a statement."""
    selection = Selected(database=reading, statement=statement)
    return [pq.read_table(io.BytesIO(file)) for file in files_of(selection, **options)]


@pytest.fixture(scope="module")
def typed(reading: psycopg.Connection) -> pa.Table:
    """A row of all types, and one of NULLs."""
    (file,) = files_of(all_types(reading, list(TYPES)))
    return pq.read_table(io.BytesIO(file))


@pytest.mark.parametrize("value", TYPES)
def test_a_value_is_of_the_type_that_says_so_and_null_is_null(typed: pa.Table, value: str) -> None:
    column = typed.column(f"x{list(TYPES).index(value)}")
    kind, expected = TYPES[value]
    assert column.type == kind
    assert column.to_pylist() == [expected, None]


TEXTS: Final = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
ROWS: Final = st.lists(
    st.tuples(
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | TEXTS,
        st.none() | st.decimals(-(10**10) + 1, 10**10 - 1, places=2),
        st.none() | st.datetimes(timezones=st.just(datetime.UTC)),
        st.none() | st.dates(),
        st.none() | st.booleans(),
        st.none() | st.floats(allow_nan=False),
        st.none() | st.binary(max_size=20),
        st.none() | st.lists(st.none() | TEXTS, max_size=3),
    ),
    max_size=12,
)
KINDS: Final = ("bigint", "text", "numeric(12,2)", "timestamptz", "date", "boolean", "float8", "bytea", "text[]")


def selecting(rows: Sequence[tuple[object, ...]]) -> str:
    """A statement that selects these rows, of KINDS."""
    one = sql.SQL("SELECT {}::int AS n, {}")
    empty = sql.SQL(", ").join(sql.SQL(f"NULL::{kind} AS x{at}") for at, kind in enumerate(KINDS))
    selects = [one.format(-1, empty)]
    for number, row in enumerate(rows):
        values = (
            sql.SQL("({})::{} AS {}").format(value, sql.SQL(kind), sql.Identifier(f"x{at}"))
            for at, (value, kind) in enumerate(zip(row, KINDS, strict=True))
        )
        selects.append(one.format(number, sql.SQL(", ").join(values)))
    union = sql.SQL(" UNION ALL ").join(selects).as_string(None)
    return f"SELECT {', '.join(f'x{at}' for at in range(len(KINDS)))} FROM ({union}) AS u WHERE n >= 0 ORDER BY n"  # noqa: S608 # a test's own


@settings(max_examples=15, deadline=None)
@given(rows=ROWS, most=st.none() | st.integers(1, 5), batch=st.sampled_from([1, 200, 2**20]))
def test_any_rows_are_read_back_as_they_were_however_they_are_cut(
    reading: psycopg.Connection, rows: list[tuple[object, ...]], most: int | None, batch: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "BATCH_BYTES", batch)
        found = tables(reading, selecting(rows), records_per_part=most)
    assert [tuple(row.values()) for table in found for row in table.to_pylist()] == rows
    assert all(table.num_rows == most for table in found[:-1])


def test_the_same_rows_are_the_same_bytes(reading: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH_BYTES", 4096)
    selection = Selected(database=reading, statement="SELECT i, md5(i::text) FROM generate_series(1, 5000) AS i")
    assert files_of(selection) == files_of(selection)


def test_a_row_group_is_bounded_and_so_is_what_is_in_memory(
    reading: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_BYTES", 64 * 1024)
    selection = Selected(database=reading, statement="SELECT repeat('x', 1000) FROM generate_series(1, 1000) AS i")
    (file,) = files_of(selection)
    metadata = pq.ParquetFile(io.BytesIO(file)).metadata
    assert metadata.num_rows == 1000
    assert max(metadata.row_group(at).num_rows for at in range(metadata.num_row_groups)) <= 66


@pytest.mark.parametrize(("word", "codec"), [("zstd", "ZSTD"), ("snappy", "SNAPPY"), ("none", "UNCOMPRESSED")])
def test_the_compression_is_the_one_that_was_asked_for(reading: psycopg.Connection, word: str, codec: str) -> None:
    (file,) = files_of(Selected(database=reading, statement=THREE), compression=word)
    assert pq.ParquetFile(io.BytesIO(file)).metadata.row_group(0).column(0).compression == codec


def test_parts_that_come_out_even_leave_no_empty_one(reading: psycopg.Connection) -> None:
    assert [table.num_rows for table in tables(reading, THREE, records_per_part=3)] == [3]


def test_no_rows_are_no_file(reading: psycopg.Connection) -> None:
    assert tables(reading, "SELECT 1 AS id LIMIT 0") == []


def test_or_a_file_of_columns_without_rows_where_that_is_asked_for(reading: psycopg.Connection) -> None:
    statement = "SELECT 1 AS id, 1.5::numeric(6,2) AS amount LIMIT 0"
    (table,) = tables(reading, statement, when_empty=WhenEmpty.WRITE)
    assert table.num_rows == 0
    assert table.schema.equals(pa.schema({"id": pa.int32(), "amount": pa.decimal128(6, 2)}))


@pytest.mark.parametrize("name", ['a "b"', "x.y", "é", "COUNT"])
def test_a_column_keeps_its_name(reading: psycopg.Connection, name: str) -> None:
    statement = sql.SQL("SELECT 'a' AS {}").format(sql.Identifier(name)).as_string(None)
    assert tables(reading, statement)[0].to_pylist() == [{name: "a"}]


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ("interval '1 day'", r"is of type interval, for which parquet has none: .*`odd::text`"),
        ("timetz '12:00+01'", r"is of type time with time zone, for which"),
        ("inet '10.0.0.1'", r"is of type inet, for which"),
        ("ARRAY[inet '10.0.0.1']", r"is of type inet\[\], for which"),
        ("1.5::numeric", r"is of type numeric, and .* fixed number of digits.*`odd::numeric\(18,2\)`"),
        ("1200::numeric(5,-2)", r"is of type numeric\(5,-2\), and"),
        ("1::numeric(77)", r"is of type numeric\(77,0\), and .* 76 at most"),
    ],
)
def test_a_type_that_has_none_is_named_with_the_cast_to_write(
    reading: psycopg.Connection, value: str, advice: str
) -> None:
    with pytest.raises(EncodeError, match=f"the column 'odd' {advice}"):
        tables(reading, f"SELECT {value} AS odd")


@pytest.mark.parametrize(
    ("fine", "odd", "what"),
    [
        ("now()", "timestamptz 'infinity'", "infinite"),
        ("now()", "timestamptz '-infinity'", "infinite"),
        ("now()::timestamp", "timestamp 'infinity'", "infinite"),
        ("now()::timestamp", "timestamp '294276-12-31'", "too far away"),
        ("current_date", "date 'infinity'", "infinite"),
        ("current_date", "date '-infinity'", "infinite"),
        ("ARRAY[now(), now()]", "ARRAY[now(), 'infinity']", "infinite"),
        ("time '23:59'", "time '24:00'", "24:00"),
        ("1::numeric(5,2)", "'NaN'::numeric(5,2)", "NaN"),
        ("ARRAY[1, 2]::numeric(5,2)[]", "ARRAY[1, 'NaN']::numeric(5,2)[]", "NaN"),
        ("ARRAY[1, 2]", "ARRAY[[1], [2]]", "several dimensions"),
    ],
)
def test_a_value_that_cannot_be_written_is_named_with_its_place(
    reading: psycopg.Connection, fine: str, odd: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a batch that is not the first, behind a NULL."""
    monkeypatch.setattr(batches, "BATCH_BYTES", 64)
    typed = f"(SELECT {fine} AS x, 0 AS i UNION ALL SELECT {odd}, 1)"
    statement = f"SELECT x AS odd FROM generate_series(1, 30) AS n LEFT JOIN {typed} AS q ON q.i = n / 30 AND n > 1"  # noqa: S608 # a test's own
    with pytest.raises(EncodeError, match=f"the column 'odd' of record 30 has .*{what}"):
        tables(reading, f"{statement} ORDER BY n")


def test_the_first_and_the_last_time_that_can_be_written(reading: psycopg.Connection) -> None:
    statement = (
        "SELECT * FROM (VALUES (timestamp '4714-11-24 00:00:00 BC', date '4714-11-24 BC'),"
        " (timestamp '294246-12-31 23:59:59.999999', date '5874897-12-31')) AS v (at, day)"
    )
    (table,) = tables(reading, statement)
    at, day = table.column("at").cast(pa.int64()), table.column("day").cast(pa.int32())
    assert (at.to_pylist(), day.to_pylist()) == (
        [-210866803200000000, 9223371244799999999],
        [-2440588, 2145042905],
    )


def test_an_error_of_the_database_amid_the_rows_is_its_own_words(reading: psycopg.Connection) -> None:
    with pytest.raises(SourceError, match=r"^the rows cannot be read: division by zero$"):
        tables(reading, "SELECT 1 / (5000 - i) AS x FROM generate_series(1, 9000) AS i")


def test_a_database_that_is_gone_is_said_without_the_password(reading: psycopg.Connection) -> None:
    class Gone(Selected):
        def other_session(self) -> Session:
            return Session("postgresql://me:secret@127.0.0.1:1/x", ())

    with pytest.raises(SourceError, match=r"the rows cannot be read: .*port 1 failed") as raised:
        files_of(Gone(database=reading, statement=THREE))
    assert "secret" not in str(raised.value)


def test_an_error_ends_what_is_still_being_read(reading: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever keeps the error: the exporter records it, and goes on with other tasks."""

    def full(key: str) -> Memory:
        raise PublishError(f"{key}: no room")

    monkeypatch.setattr(batches, "BATCH_BYTES", 64)
    selection = Selected(
        database=reading, statement="SELECT 1 FROM generate_series(1, 5000) UNION ALL SELECT 2 FROM pg_sleep(60)"
    )
    with pytest.raises(PublishError, match="no room") as kept:
        encode(selection, task(format=Format.PARQUET), names(), full, unheard)
    reads = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY%pg_sleep%'"
    assert reading.execute(reads).fetchone() == (0,)
    assert kept.value.exit_code == 75


def test_the_rows_are_those_of_the_runs_snapshot_and_the_session_is_one_of_its_own(
    database: psycopg.Connection, database_url: str
) -> None:
    """Whoever looks for open transactions leaves out the exporter's, by their name."""
    database.execute("CREATE TABLE visit (id int); INSERT INTO visit VALUES (1)")
    statement = "SELECT id, current_setting('application_name') AS name, current_setting('TimeZone') AS zone FROM visit"
    with snapshot(database_url, export="visits", timezone="Europe/London") as state:
        database.execute("UPDATE visit SET id = 2; INSERT INTO visit VALUES (3)")
        with state.transaction() as session:
            columns = describe(session, statement).columns
            (file,) = files_of(PostgresSelection(session=session, snapshot=state, statement=statement, columns=columns))
    assert pq.read_table(io.BytesIO(file)).to_pylist() == [
        {"id": 1, "name": "dataset-exporter visits", "zone": "Europe/London"}
    ]
