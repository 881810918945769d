"""What a column of PostgreSQL is in a file of columns: nothing is rounded, shortened or guessed."""

import re
from dataclasses import dataclass, replace
from typing import Final

import pyarrow as pa

from exporter.failure import EncodeError
from exporter.selection import Column
from provisioner.exports.model import Format


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How the values of a column are read, and what is written of them."""

    type: pa.DataType
    """As they are written."""
    cast: str | None = None
    """What the server is to make of them before it sends them, where that is not what they are."""
    least: int | None = None
    """The lowest number, of those that stand for times, that a file of this format can hold."""
    most: int | None = None
    """The highest."""
    unwritable: str = ""
    """What PostgreSQL has beyond these two."""

    @property
    def is_list(self) -> bool:
        """Whether each value is an array."""
        return bool(pa.types.is_list(self.type))


_DAY: Final = 24 * 60 * 60 * 1_000_000
_FIRST_DAY: Final = -2_440_588
"""The Julian day 0, before which PostgreSQL has none (Date/Time Types), in days since 1970. What is infinite, and what
lies behind the last microsecond of 64 bits, is read as a number far below: the driver adds 30 years and runs over."""

_INFINITE: Final = "which is infinite, or too far away"
_TIMESTAMP: Final = Kind(type=pa.timestamp("us"), least=_FIRST_DAY * _DAY, unwritable=_INFINITE)
_TEXT: Final = Kind(type=pa.string())

KINDS: Final = {
    "smallint": Kind(type=pa.int16()),
    "integer": Kind(type=pa.int32()),
    "bigint": Kind(type=pa.int64()),
    "oid": Kind(type=pa.int64(), cast="bigint"),
    "real": Kind(type=pa.float32()),
    "double precision": Kind(type=pa.float64()),
    "boolean": Kind(type=pa.bool_()),
    "bytea": Kind(type=pa.binary()),
    "date": Kind(type=pa.date32(), least=_FIRST_DAY, unwritable=_INFINITE),
    "time without time zone": Kind(
        type=pa.time64("us"), least=0, most=_DAY - 1, unwritable="which is 24:00, and no time of a day"
    ),
    "timestamp without time zone": _TIMESTAMP,
    "timestamp with time zone": replace(_TIMESTAMP, type=pa.timestamp("us", "UTC")),
    "text": _TEXT,
    "name": _TEXT,
    "character varying": _TEXT,
    "character": _TEXT,
    '"char"': _TEXT,
    "uuid": replace(_TEXT, cast="text"),
    "json": replace(_TEXT, cast="text"),
    "jsonb": replace(_TEXT, cast="text"),
    "xml": replace(_TEXT, cast="text"),
}
"""By PostgreSQL's names of the types, without what stands in brackets in them."""

_BRACKETS: Final = re.compile(r"\((-?\d+)(?:,(-?\d+))?\)")

DIGITS: Final = {Format.PARQUET: 76, Format.ORC: 38}
"""The most digits of a decimal number: of Arrow's decimal256 (Arrow Columnar Format), which Parquet takes, and of ORC's
(ORC Specification v1, "Decimals")."""


def kind_of(column: Column, format_: Format) -> Kind:
    """What a column is in a format.

    Raises:
        EncodeError: nothing, as it is; the text says what cast to write.
    """
    element = column.type.removesuffix("[]")
    kind = _decimal(column, element, format_) if element.startswith("numeric") else _simple(column, element, format_)
    if element == column.type:
        return kind
    return replace(kind, type=pa.list_(kind.type), cast=kind.cast and f"{kind.cast}[]")


def _simple(column: Column, element: str, format_: Format) -> Kind:
    kind = KINDS.get(_BRACKETS.sub("", element))
    if kind is None:
        raise EncodeError(
            f"the column '{column.name}' is of type {column.type}, for which {format_} has none: let the query cast it,"
            f" as in `{column.name}::text`"
        )
    if format_ is Format.ORC and pa.types.is_time(kind.type):
        return replace(_TEXT, cast="text")
    return kind


def _decimal(column: Column, element: str, format_: Format) -> Kind:
    """A number of so many digits, which are sent as a text: the driver makes one of it in any case, and slowly."""
    found, most = _BRACKETS.search(element), DIGITS[format_]
    digits, scale = (int(found[1]), int(found[2] or 0)) if found else (0, 0)
    if not 0 <= scale <= digits or not 0 < digits <= most:
        raise EncodeError(
            f"the column '{column.name}' is of type {column.type}, and a column of {format_} has a fixed number of"
            f" digits, {most} at most, and of those behind the point: let the query say how many, as in"
            f" `{column.name}::numeric(18,2)`"
        )
    return Kind(type=pa.decimal128(digits, scale) if digits <= 38 else pa.decimal256(digits, scale), cast="text")
