"""XML as the collections' builder writes it: a record an element, a field an element in it, two spaces a level.

Null and the empty text are `<x/>`; a time is ISO 8601 in whole seconds with the zone's offset; a floating-point number
has a point; `numeric` and all other types stand as PostgreSQL writes them.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, NoReturn

from exporter.encode.part import Document, Part, parts
from exporter.failure import EncodeError
from exporter.selection import Column, Selection
from provisioner.exports.model import Task

DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'

_NAME: Final = re.compile(r"[^\W\d][\w.-]*")
"""An element's name without a colon (Namespaces in XML 1.0, NCName), of letters that Python knows."""

_FORBIDDEN: Final = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_NONCHARACTERS: Final = ("\ufffe".encode(), "\uffff".encode())
_FORBIDDEN_CHARACTER: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What no XML document may hold, however it is written (XML 1.0, Char)."""

_ESCAPE: Final = re.compile(rb"\\(.)", re.DOTALL)
_ESCAPED: Final = {b"n": b"\n", b"t": b"\t", b"r": b"&#13;", b"\\": b"\\"}
"""COPY's escapes (SQL Commands, COPY, Text Format); the others are _CONTROLS."""
_CONTROLS: Final = {b"b": b"\b", b"f": b"\f", b"v": b"\v"}

_TIME: Final = re.compile(rb"(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)?(?:([+-]\d\d)(:\d\d)?(?::\d\d)?)?")

_BLANK, _ZONE, _WHOLE = (len(text) for text in ("2024-01-01", "2024-01-01 00:00:00", "2024-01-01 00:00:00+00"))
"""Where the parts of most times are: of a year of four digits, in whole seconds, with a zone of whole hours."""
_SPACE: Final = ord(" ")

_BOOLEANS: Final = {b"t": b"true", b"f": b"false"}

_BACKSLASH, _EXPONENT, _POINT = b"\\e."
"""As numbers, which `in` finds in bytes at a fraction of the time."""

_REMEMBERED: Final = 1_000
"""The values of a column whose elements are remembered, of one batch more at most."""


def xml(selection: Selection, task: Task) -> Iterator[Part]:
    """The parts of the records; each is a document by itself.

    Raises:
        EncodeError: a column's name is no element's; later, a value cannot stand in XML.
    """
    root = task.root.encode()
    return parts(
        Document(
            head=DECLARATION + b"<" + root + b">\n",
            # What is null and what is empty is written alike.
            rows=selection.rows("FORMAT text, NULL ''"),
            render=Records(selection.columns, task.record).render,
            tail=b"</" + root + b">\n",
            empty=DECLARATION + b"<" + root + b"/>\n",
        ),
        task.records_per_part,
        task.when_empty,
    )


class Records:
    """Makes rows of COPY's text format into the elements of records, a column of many rows at a time."""

    def __init__(self, columns: tuple[Column, ...], record: str) -> None:
        """Take the columns of each row, and the name of a record's element."""
        for column in columns:
            if not _NAME.fullmatch(column.name):
                raise EncodeError(
                    f"the column '{column.name}' cannot name an XML element: give it a name under `fields`, of letters,"
                    " digits, '_', '-' and '.', that begins with a letter or '_'"
                )
        self._columns = columns
        last = len(columns) - 1
        self._elements = [
            _Elements(
                column,
                before=b"" if at else f"  <{record}>\n".encode(),
                after=b"" if at < last else f"  </{record}>\n".encode(),
            )
            for at, column in enumerate(columns)
        ]
        self._before = 0

    def render(self, rows: list[bytes]) -> bytes:
        """The elements of some rows.

        Raises:
            EncodeError: a value has a character that XML forbids, or is a time without a date.
        """
        fields = self._fields(rows)
        for at, elements in enumerate(self._elements):
            values = fields[at :: len(self._columns)]
            try:
                fields[at :: len(self._columns)] = elements.of(values)
            except _UnwritableError as error:
                self._refuse(at, values.index(error.value), f"'{error}', which is no time that XML can hold")
        self._before += len(rows)
        return b"".join(fields)

    def _fields(self, rows: list[bytes]) -> list[bytes]:
        """The fields of all rows, one row behind the other, escaped as XML wants it."""
        text = b"".join(rows)
        if len(text.translate(None, _FORBIDDEN)) != len(text) or any(code in text for code in _NONCHARACTERS):
            self._find_forbidden(rows)
        text = text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
        fields = text[:-1].replace(b"\n", b"\t").split(b"\t")
        if b"\\" in text:
            try:
                fields = [_ESCAPE.sub(_unescaped, field) if _BACKSLASH in field else field for field in fields]
            except KeyError:
                self._find_forbidden(rows)
        return fields

    def _find_forbidden(self, rows: list[bytes]) -> NoReturn:
        """Refuse the first field that has a character which XML forbids."""
        for number, row in enumerate(rows):
            for at, field in enumerate(row[:-1].split(b"\t")):
                value = _ESCAPE.sub(lambda escape: _CONTROLS.get(escape[1], b""), field).decode()
                if found := _FORBIDDEN_CHARACTER.search(value):
                    self._refuse(at, number, f"the character U+{ord(found[0]):04X}, which XML forbids")
        raise AssertionError("what was found in all rows is in none of them")

    def _refuse(self, at: int, number: int, what: str) -> NoReturn:
        raise EncodeError(
            f"the column '{self._columns[at].name}' of record {self._before + number + 1} has {what}: let the query"
            " replace it"
        )


class _UnwritableError(Exception):
    """A value that XML has no way to write."""

    def __init__(self, value: bytes) -> None:
        super().__init__(value.decode())
        self.value = value


class _Elements(dict[bytes, bytes]):
    """The element of each value of a column, remembered while there are few: most columns hold codes."""

    def __init__(self, column: Column, *, before: bytes, after: bytes) -> None:
        super().__init__()
        name = column.name.encode()
        self._written = _written(column.type)
        self._start = before + b"    <" + name + b">"
        self._end = b"</" + name + b">\n" + after
        self._empty = before + b"    <" + name + b"/>\n" + after

    def of(self, values: list[bytes]) -> list[bytes]:
        """The elements of these values.

        Raises:
            _UnwritableError: one is no time that can be written.
        """
        if len(self) < _REMEMBERED:
            return list(map(self.__getitem__, values))
        start, end, empty = self._start, self._end, self._empty
        if written := self._written:
            return [start + written(value) + end if value else empty for value in values]
        return [start + value + end if value else empty for value in values]

    def __missing__(self, value: bytes) -> bytes:
        """Make the element of a value that is new."""
        written = self._written(value) if self._written and value else value
        element = self[value] = self._start + written + self._end if value else self._empty
        return element


def _unescaped(escape: re.Match[bytes]) -> bytes:
    """Raises KeyError for a control character."""
    return _ESCAPED[escape[1]]


def _written(kind: str) -> Callable[[bytes], bytes] | None:
    """How a value of a type is written; None for as it is."""
    if kind == "boolean":
        return _BOOLEANS.__getitem__
    if kind in ("real", "double precision"):
        return _float
    if kind.startswith("timestamp") and not kind.endswith("[]"):
        return _time
    return None


def _float(value: bytes) -> bytes:
    """PostgreSQL writes the shortest digits that are the number; the builder has always a point, and few exponents."""
    if _EXPONENT in value:
        mantissa, exponent, power = repr(float(value)).partition("e")
        return f"{mantissa}{'' if '.' in mantissa else '.0'}{exponent}{power}".encode()
    if _POINT in value or value.isalpha() or value == b"-Infinity":
        return value
    return value + b".0"


def _time(value: bytes) -> bytes:
    """In whole seconds, the rest cut off; a zone's offset in hours and minutes."""
    if len(value) == _WHOLE and value[_ZONE] in b"+-" and value[_BLANK] == _SPACE:
        return value[:_BLANK] + b"T" + value[_BLANK + 1 :] + b":00"
    if not (found := _TIME.fullmatch(value)):
        raise _UnwritableError(value)
    day, time, hours, minutes = found.groups()
    return day + b"T" + time + (hours + (minutes or b":00") if hours else b"")
