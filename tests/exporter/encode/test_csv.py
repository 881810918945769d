"""CSV: PostgreSQL's own lines, with their header, ends and parts."""

import gzip

import psycopg
import pytest

from provisioner.exports.model import Format, LineEnd, Quote, WhenEmpty
from tests.exporter.encode.encoded import encoded, task
from tests.exporter.encode.selected import Selected

THREE = "SELECT i AS id, 'é ' || i AS name FROM generate_series(1, 3) AS i"


def test_the_header_stands_before_the_rows(database: psycopg.Connection) -> None:
    _, files = encoded(Selected(database=database, statement=THREE), task())
    assert files == {"visits_1": "id,name\n1,é 1\n2,é 2\n3,é 3\n".encode()}


def test_each_part_has_a_header_and_at_most_so_many_records(database: psycopg.Connection) -> None:
    result, files = encoded(Selected(database=database, statement=THREE), task(records_per_part=2))
    assert files == {"visits_1": "id,name\n1,é 1\n2,é 2\n".encode(), "visits_2": "id,name\n3,é 3\n".encode()}
    assert [file.records for file in result.files] == [2, 1]
    assert result.records == 3


def test_parts_that_come_out_even_leave_no_empty_one(database: psycopg.Connection) -> None:
    _, files = encoded(Selected(database=database, statement=THREE), task(records_per_part=3))
    assert list(files) == ["visits_1"]


@pytest.mark.parametrize(("when_empty", "expected"), [(WhenEmpty.SKIP, {}), (WhenEmpty.WRITE, {"visits_1": b"id\n"})])
def test_no_rows(database: psycopg.Connection, when_empty: WhenEmpty, expected: dict[str, bytes]) -> None:
    selection = Selected(database=database, statement="SELECT 1 AS id LIMIT 0")
    result, files = encoded(selection, task(when_empty=when_empty))
    assert files == expected
    assert result.records == 0


def test_all_fields_and_names_in_quotes_and_lines_that_end_in_crlf(database: psycopg.Connection) -> None:
    """Even NULLs, which COPY leaves bare; a line end within a field stays what it is."""
    rows = r"""SELECT * FROM (VALUES (1, E'a\nb', NULL), (NULL, ',,"', 'x'), (3, '', NULL)) AS v(id, "a ""b"" c", d)"""
    selection = Selected(database=database, statement=rows)
    _, files = encoded(selection, task(quote=Quote.ALL, line_end=LineEnd.CRLF))
    assert files["visits_1"] == b'"id","a ""b"" c","d"\r\n"1","a\nb",""\r\n"",",,""","x"\r\n"3","",""\r\n'


def test_names_that_need_quotes_have_them(database: psycopg.Connection) -> None:
    _, files = encoded(Selected(database=database, statement='SELECT 1 AS "a,b", 2 AS "c d"'), task())
    assert files["visits_1"] == b'"a,b",c d\n1,2\n'


def test_gzip_holds_the_csv_without_a_time_or_a_name(database: psycopg.Connection) -> None:
    selection = Selected(database=database, statement=THREE)
    _, files = encoded(selection, task(format=Format.CSV_GZ))
    assert gzip.decompress(files["visits_1"]) == "id,name\n1,é 1\n2,é 2\n3,é 3\n".encode()
    assert files["visits_1"][3:8] == bytes(5)  # FLG, then MTIME (RFC 1952, 2.3)


def test_each_gzip_part_is_one_by_itself(database: psycopg.Connection) -> None:
    _, files = encoded(Selected(database=database, statement=THREE), task(format=Format.CSV_GZ, records_per_part=2))
    assert gzip.decompress(files["visits_2"]) == "id,name\n3,é 3\n".encode()
