"""Archives: the parts first, then what counts them, and nothing that a clock or a machine says."""

import io
import tracemalloc
import zipfile

import psycopg
import pytest

from exporter.encode.part import Part
from exporter.encode.zip import archive, count_document
from provisioner.exports.model import Format, Package, WhenEmpty
from provisioner.exports.template import Template
from tests.exporter.encode.encoded import encoded, task
from tests.exporter.encode.selected import Selected

PACKED = task(
    format=Format.XML,
    records_per_part=2,
    package=Package(part=Template("{part}"), manifest="manifest.xml", count=("report", "summary", "count-of-records")),
)
THREE = "SELECT i AS id FROM generate_series(1, 3) AS i"


def test_the_parts_come_first_and_the_count_of_what_is_in_them_last(database: psycopg.Connection) -> None:
    result, files = encoded(Selected(database=database, statement=THREE), PACKED)
    assert list(files) == ["visits_1"]
    assert [file.records for file in result.files] == [3]
    with zipfile.ZipFile(io.BytesIO(files["visits_1"])) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == ["pt1", "pt2", "manifest.xml"]
        assert opened.read("pt1").count(b"<record>") == 2
        assert opened.read("pt2").endswith(b"  <record>\n    <id>3</id>\n  </record>\n</records>\n")
        assert opened.read("manifest.xml") == (
            b'<?xml version="1.0" encoding="UTF-8"?>\n'
            b"<report>\n  <summary>\n    <count-of-records>3</count-of-records>\n  </summary>\n</report>\n"
        )


def test_a_count_of_one_element_alone() -> None:
    assert count_document(("n",), 7) == b'<?xml version="1.0" encoding="UTF-8"?>\n<n>7</n>\n'


def test_every_member_is_a_plain_file_of_the_same_old_date(database: psycopg.Connection) -> None:
    _, files = encoded(Selected(database=database, statement=THREE), PACKED)
    with zipfile.ZipFile(io.BytesIO(files["visits_1"])) as opened:
        assert {(member.date_time, member.external_attr >> 16) for member in opened.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), 0o100644)
        }


@pytest.mark.parametrize(("when_empty", "names"), [(WhenEmpty.SKIP, None), (WhenEmpty.WRITE, ["pt1", "manifest.xml"])])
def test_no_rows(database: psycopg.Connection, when_empty: WhenEmpty, names: list[str] | None) -> None:
    selection = Selected(database=database, statement="SELECT 1 AS id LIMIT 0")
    result, files = encoded(selection, task(format=Format.XML, package=PACKED.package, when_empty=when_empty))
    assert result.records == 0
    assert [zipfile.ZipFile(io.BytesIO(file)).namelist() for file in files.values()] == ([names] if names else [])


def test_no_part_is_ever_whole_in_memory() -> None:
    """64 MiB go through, and a few hundred KiB are held."""
    part = Part()
    part.chunks = (bytes(64 * 1024) for _ in range(1024))
    tracemalloc.start()
    try:
        for _ in archive(iter([part]), "pt{}".format, lambda _: None).chunks:
            pass
        assert tracemalloc.get_traced_memory()[1] < 2 * 1024 * 1024
    finally:
        tracemalloc.stop()
