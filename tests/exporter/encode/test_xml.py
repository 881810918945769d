"""XML: the collections' builder, to the byte."""

from xml.etree import ElementTree

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.encode.xml import Records
from exporter.failure import EncodeError
from exporter.selection import Column
from provisioner.exports.model import Format, WhenEmpty
from tests.exporter.encode.encoded import encoded, task
from tests.exporter.encode.selected import Selected

FORMS = {"format": Format.XML, "root": "forms", "record": "form"}


def written(database: psycopg.Connection, statement: str, timezone: str = "Europe/London") -> str:
    """The one file of a statement."""
    _, files = encoded(Selected(database=database, statement=statement, timezone=timezone), task(**FORMS))
    return files["visits_1"].decode()


def test_records_of_two_spaces_a_level(database: psycopg.Connection) -> None:
    assert written(database, "SELECT i AS id, 'é' AS name FROM generate_series(1, 2) AS i") == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<forms>\n"
        "  <form>\n    <id>1</id>\n    <name>é</name>\n  </form>\n"
        "  <form>\n    <id>2</id>\n    <name>é</name>\n  </form>\n"
        "</forms>\n"
    )


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ("NULL::int", "<x/>"),
        ("''", "<x/>"),
        ("' '", "<x> </x>"),
        ("true", "<x>true</x>"),
        ("false", "<x>false</x>"),
        ("NULL::boolean", "<x/>"),
        ("200::float8", "<x>200.0</x>"),
        ("-3::real", "<x>-3.0</x>"),
        ("0.1::real", "<x>0.1</x>"),
        ("1e15::float8", "<x>1000000000000000.0</x>"),
        ("1e16::float8", "<x>1.0e+16</x>"),
        ("2.5e-7::float8", "<x>2.5e-07</x>"),
        ("200::numeric(8,2)", "<x>200.00</x>"),
        ("200::int", "<x>200</x>"),
        ("date '2024-04-01'", "<x>2024-04-01</x>"),
        ("timestamptz '2024-07-01 08:30:15.75Z'", "<x>2024-07-01T09:30:15+01:00</x>"),
        ("timestamptz '2024-01-01 08:30:15Z'", "<x>2024-01-01T08:30:15+00:00</x>"),
        ("timestamp(3) '2024-07-01 08:30:15.75'", "<x>2024-07-01T08:30:15</x>"),
        ("timestamp(3) '12024-07-01 08:30:15.5'", "<x>12024-07-01T08:30:15</x>"),
        ("NULL::timestamptz", "<x/>"),
        ("'<a href=\"x\">&amp;''</a>'", '<x>&lt;a href="x"&gt;&amp;amp;\'&lt;/a&gt;</x>'),
        (r"E'a\tb\nc\\d\re'", "<x>a\tb\nc\\d&#13;e</x>"),
        (r"'\N'", r"<x>\N</x>"),
        ("'😀'", "<x>😀</x>"),
    ],
)
def test_a_value(database: psycopg.Connection, value: str, field: str) -> None:
    assert f"  <form>\n    {field}\n  </form>\n" in written(database, f"SELECT {value} AS x")


def test_a_time_in_a_zone_of_half_hours(database: psycopg.Connection) -> None:
    text = written(database, "SELECT timestamptz '2024-07-01 08:30Z' AS x", timezone="Asia/Kolkata")
    assert "<x>2024-07-01T14:00:00+05:30</x>" in text


def test_a_column_that_is_empty_in_some_rows_only(database: psycopg.Connection) -> None:
    text = written(database, "SELECT i AS id, nullif(i, 2) AS x, i AS z FROM generate_series(1, 3) AS i")
    forms = ElementTree.fromstring(text)  # noqa: S314 # our own
    assert [[field.text for field in form] for form in forms] == [
        ["1", "1", "1"],
        ["2", None, "2"],
        ["3", "3", "3"],
    ]
    assert "    <id>2</id>\n    <x/>\n    <z>2</z>\n" in text


def test_no_records_are_an_empty_root(database: psycopg.Connection) -> None:
    selection = Selected(database=database, statement="SELECT 1 AS id LIMIT 0")
    _, files = encoded(selection, task(**FORMS, when_empty=WhenEmpty.WRITE))
    assert files == {"visits_1": b'<?xml version="1.0" encoding="UTF-8"?>\n<forms/>\n'}


@pytest.mark.parametrize(
    ("character", "code"), [("\x01", "U+0001"), ("\b", "U+0008"), ("\x0b", "U+000B"), ("\uffff", "U+FFFF")]
)
def test_a_character_that_xml_forbids_is_named_with_its_place(
    database: psycopg.Connection, character: str, code: str
) -> None:
    """In the fourth record of four: the third has a backslash and a `b`, which are two characters."""
    statement = (
        f"SELECT CASE i WHEN 4 THEN 'a{character}' WHEN 3 THEN '\\b' END AS note"  # noqa: S608 # a test's own
        " FROM generate_series(1, 4) AS i"
    )
    with pytest.raises(EncodeError, match=rf"the column 'note' of record 4 has the character U\+{code[2:]}, which"):
        written(database, statement)


@pytest.mark.parametrize("time", ["infinity", "0044-03-15 12:00 BC"])
def test_a_time_that_has_no_iso_8601_is_named_with_its_place(database: psycopg.Connection, time: str) -> None:
    with pytest.raises(EncodeError, match=r"the column 'at' of record 1 has '.*', which is no time"):
        written(database, f"SELECT timestamptz '{time}' AS at")


@pytest.mark.parametrize("name", ["1st", "a b", "a:b", "-a", "a<b", "?column?"])
def test_a_column_that_is_no_elements_name_is_named(database: psycopg.Connection, name: str) -> None:
    with pytest.raises(EncodeError, match="cannot name an XML element"):
        written(database, f'SELECT 1 AS "{name}"')


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff", min_codepoint=0x20))
LINES = st.lists(st.sampled_from(["\t", "\n", "\r", "\\", "\\N", "&", "<", ">", "]]>", "é😀"]), max_size=6).map("".join)


def copied(row: tuple[str, ...]) -> bytes:
    """A row as COPY's text format has it."""
    escapes = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
    return "\t".join("".join(escapes.get(letter, letter) for letter in field) for field in row).encode() + b"\n"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.tuples(TEXT | LINES, TEXT | LINES), min_size=1, max_size=8), cut=st.integers(0, 8))
def test_any_text_is_read_back_as_it_was_and_batches_change_no_byte(rows: list[tuple[str, str]], cut: int) -> None:
    columns = (Column("a", "text"), Column("b", "text"))
    lines = [copied(row) for row in rows]
    whole = Records(columns, "form").render(lines)
    read = ElementTree.fromstring(b"<forms>" + whole + b"</forms>")  # noqa: S314 # our own
    assert [tuple(field.text or "" for field in form) for form in read] == rows
    batches = Records(columns, "form")
    assert b"".join(batches.render(part) for part in (lines[:cut], lines[cut:]) if part) == whole
