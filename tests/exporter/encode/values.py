"""Values of PostgreSQL's types, and what they are in a file of columns."""

import datetime
import math
from decimal import Decimal
from typing import Final

import psycopg
import pyarrow as pa

from tests.exporter.encode.selected import Selected

TYPES: Final[dict[str, tuple[pa.DataType, object]]] = {
    "(-32768)::smallint": (pa.int16(), -32768),
    "2147483647": (pa.int32(), 2147483647),
    "9223372036854775807": (pa.int64(), 9223372036854775807),
    "4294967295::oid": (pa.int64(), 4294967295),
    "0.1::real": (pa.float32(), 0.10000000149011612),
    "0.1::float8": (pa.float64(), 0.1),
    "'-Infinity'::float8": (pa.float64(), -math.inf),
    "true": (pa.bool_(), True),
    "1234567890.10::numeric(12,2)": (pa.decimal128(12, 2), Decimal("1234567890.10")),
    "'-123456789012345678'::numeric(18)": (pa.decimal128(18, 0), Decimal("-123456789012345678")),
    "7::numeric(38,1)": (pa.decimal128(38, 1), Decimal("7.0")),
    "(repeat('9', 38) || '.5')::numeric(76,38)": (pa.decimal256(76, 38), Decimal("9" * 38 + ".5" + "0" * 37)),
    "'é😀'::text": (pa.string(), "é😀"),
    "''::text": (pa.string(), ""),
    "'ab'::varchar(10)": (pa.string(), "ab"),
    "'ab'::char(4)": (pa.string(), "ab  "),
    "'ab'::name": (pa.string(), "ab"),
    "'a'::\"char\"": (pa.string(), "a"),
    "'\\x00ff'::bytea": (pa.binary(), b"\x00\xff"),
    "date '2024-02-29'": (pa.date32(), datetime.date(2024, 2, 29)),
    "time '23:59:59.999999'": (pa.time64("us"), datetime.time(23, 59, 59, 999999)),
    "timestamp '1969-12-31 23:59:59.999999'": (
        pa.timestamp("us"),
        datetime.datetime(1969, 12, 31, 23, 59, 59, 999999),  # noqa: DTZ001 # it has none
    ),
    "timestamptz(3) '2024-07-01 08:30:15.75+02'": (
        pa.timestamp("us", "UTC"),
        datetime.datetime(2024, 7, 1, 6, 30, 15, 750000, tzinfo=datetime.UTC),
    ),
    "'6f9619ff-8b86-d011-b42d-00c04fc964ff'::uuid": (pa.string(), "6f9619ff-8b86-d011-b42d-00c04fc964ff"),
    '\'{"b":1,  "a":2}\'::json': (pa.string(), '{"b":1,  "a":2}'),
    '\'{"b":1,  "a":2}\'::jsonb': (pa.string(), '{"a": 2, "b": 1}'),
    "ARRAY[1, NULL, 3]": (pa.list_(pa.int32()), [1, None, 3]),
    "'{}'::text[]": (pa.list_(pa.string()), []),
    "'[3:4]={5,6}'::int[]": (pa.list_(pa.int32()), [5, 6]),
    "ARRAY[1.5, NULL]::numeric(6,2)[]": (pa.list_(pa.decimal128(6, 2)), [Decimal("1.50"), None]),
    "ARRAY[timestamptz '2024-07-01Z']": (
        pa.list_(pa.timestamp("us", "UTC")),
        [datetime.datetime(2024, 7, 1, tzinfo=datetime.UTC)],
    ),
}
"""By how PostgreSQL is told of them: the type in a Parquet file, and the value."""


def all_types(reading: psycopg.Connection, values: list[str]) -> Selected:
    """A row of these values, named x0 and so on, and one of NULLs."""
    named = ", ".join(f"{value} AS x{number}" for number, value in enumerate(values))
    names = ", ".join(f"x{number}" for number in range(len(values)))
    rows = f"(SELECT 1 AS i, {named}) AS q RIGHT JOIN generate_series(1, 2) AS i USING (i)"
    return Selected(database=reading, statement=f"SELECT {names} FROM {rows} ORDER BY i", timezone="Europe/London")  # noqa: S608 # a test's own
