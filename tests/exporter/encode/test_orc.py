"""ORC: the same columns, where it has a type for them."""

import io
import sys
from typing import Any, Final

import psycopg
import pyarrow as pa
import pytest
from pyarrow import orc

from exporter.encode.columnar import batches
from exporter.failure import EncodeError
from exporter.selection import Selection
from provisioner.exports.model import Format, WhenEmpty
from tests.exporter.encode.encoded import encoded, task
from tests.exporter.encode.selected import Selected
from tests.exporter.encode.values import TYPES, all_types

TIMES: Final = {"time '23:59:59.999999'": "23:59:59.999999"}
"""What ORC has no type for and is written as a text."""
HERE: Final = {
    value: (pa.string(), TIMES[value]) if value in TIMES else kind
    for value, kind in TYPES.items()
    if not pa.types.is_decimal256(kind[0])
}


def files_of(selection: Selection, **options: Any) -> list[bytes]:
    """The files of a selection."""
    return list(encoded(selection, task(format=Format.ORC, **options))[1].values())


def in_nanoseconds(kind: pa.DataType) -> pa.DataType:
    """As pyarrow reads a type back: ORC's timestamps are all of nanoseconds."""
    if pa.types.is_list(kind):
        return pa.list_(in_nanoseconds(kind.value_type))
    return pa.timestamp("ns", kind.tz) if pa.types.is_timestamp(kind) else kind


@pytest.fixture(scope="module")
def typed(reading: psycopg.Connection) -> pa.Table:
    """A row of all types that ORC can have, and one of NULLs."""
    (file,) = files_of(all_types(reading, list(HERE)))
    return orc.read_table(io.BytesIO(file))


@pytest.mark.parametrize("value", HERE)
def test_a_value_is_of_the_type_that_says_so_and_null_is_null(typed: pa.Table, value: str) -> None:
    column = typed.column(f"x{list(HERE).index(value)}")
    kind, expected = HERE[value]
    assert column.type == in_nanoseconds(kind)
    assert column.cast(kind).to_pylist() == [expected, None]


def test_parts_of_at_most_so_many_records_and_of_bounded_batches(
    reading: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_BYTES", 64)
    selection = Selected(database=reading, statement="SELECT i FROM generate_series(1, 250) AS i ORDER BY i")
    found = [
        orc.read_table(io.BytesIO(file)).column("i").to_pylist() for file in files_of(selection, records_per_part=100)
    ]
    assert found == [list(range(1, 101)), list(range(101, 201)), list(range(201, 251))]


def test_the_same_rows_are_the_same_bytes(reading: psycopg.Connection) -> None:
    selection = Selected(database=reading, statement="SELECT i, md5(i::text) FROM generate_series(1, 5000) AS i")
    assert files_of(selection) == files_of(selection)


def test_no_rows_are_columns_all_the_same(reading: psycopg.Connection) -> None:
    selection = Selected(database=reading, statement="SELECT 1 AS id, 1.5::numeric(6,2) AS amount LIMIT 0")
    (file,) = files_of(selection, when_empty=WhenEmpty.WRITE)
    table = orc.read_table(io.BytesIO(file))
    assert table.num_rows == 0
    assert table.schema == pa.schema({"id": pa.int32(), "amount": pa.decimal128(6, 2)})


@pytest.mark.parametrize(("word", "codec"), [("zstd", "ZSTD"), ("snappy", "SNAPPY"), ("none", "UNCOMPRESSED")])
def test_the_compression_is_the_one_that_was_asked_for(reading: psycopg.Connection, word: str, codec: str) -> None:
    (file,) = files_of(Selected(database=reading, statement="SELECT 1 AS id"), compression=word)
    assert orc.ORCFile(io.BytesIO(file)).compression == codec


def test_more_digits_than_orc_has_are_named(reading: psycopg.Connection) -> None:
    selection = Selected(database=reading, statement="SELECT 1::numeric(40,2) AS odd")
    with pytest.raises(EncodeError, match=r"the column 'odd' is of type numeric\(40,2\), .* of orc .* 38 at most"):
        files_of(selection)


@pytest.mark.parametrize("module", ["pyarrow", "adbc_driver_postgresql"])
def test_where_the_packages_are_not_installed_the_error_says_which_to_install(
    reading: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    for name in [name for name in sys.modules if name.startswith("exporter.encode.columnar")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(EncodeError, match=rf"format orc the package '{module}' is missing: pip install .*columnar"):
        files_of(Selected(database=reading, statement="SELECT 1 AS id"))
