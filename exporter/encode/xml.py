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

_BOOLEANS: Final = {b"t": b"true", b"f": b"false", b"": b""}


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
        self._names = [column.name.encode() for column in columns]
        self._written = [_written(column.type) for column in columns]
        self._opened = f"  <{record}>\n".encode()
        self._closed = f"  </{record}>\n".encode()
        self._before = 0

    def render(self, rows: list[bytes]) -> bytes:
        """The elements of some rows.

        Raises:
            EncodeError: a value has a character that XML forbids, or is a time without a date.
        """
        width = len(self._columns)
        fields = self._fields(rows)
        between: list[bytes] = []
        close = self._closed + self._opened
        for at, (name, written) in enumerate(zip(self._names, self._written, strict=True)):
            values = fields[at::width]
            if written:
                try:
                    values = written(values)
                except _UnwritableError as error:
                    self._refuse(at, error.at, f"'{error.value}', which is no time that XML can hold")
            if b"" in values:
                end = b"</" + name
                values = [b">" + value + end if value else b"/" for value in values]
                between += [close + b"    <" + name, b""]
                close = b">\n"
            else:
                between += [close + b"    <" + name + b">", b""]
                close = b"</" + name + b">\n"
            fields[at::width] = values
        between[0] = close + between[0]
        text = between * len(rows)
        text[1::2] = fields
        text[0] = text[0][len(close) + len(self._closed) :]
        text += (close, self._closed)
        self._before += len(rows)
        return b"".join(text)

    def _fields(self, rows: list[bytes]) -> list[bytes]:
        """The fields of all rows, one row behind the other, escaped as XML wants it."""
        text = b"".join(rows)
        if len(text.translate(None, _FORBIDDEN)) != len(text) or any(code in text for code in _NONCHARACTERS):
            self._find_forbidden(rows)
        text = text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
        fields = text[:-1].replace(b"\n", b"\t").split(b"\t")
        if b"\\" in text:
            try:
                fields = [_ESCAPE.sub(_unescaped, field) if b"\\" in field else field for field in fields]
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
    """A value, and where it is in the column."""

    def __init__(self, at: int, value: bytes) -> None:
        super().__init__(at, value)
        self.at = at
        self.value = value.decode()


def _unescaped(escape: re.Match[bytes]) -> bytes:
    """Raises KeyError for a control character."""
    return _ESCAPED[escape[1]]


def _written(kind: str) -> Callable[[list[bytes]], list[bytes]] | None:
    """How the values of a type are written; None for as they are."""
    if kind == "boolean":
        return _booleans
    if kind in ("real", "double precision"):
        return _floats
    if kind.startswith("timestamp") and not kind.endswith("[]"):
        return _times
    return None


def _booleans(values: list[bytes]) -> list[bytes]:
    return [_BOOLEANS[value] for value in values]


def _floats(values: list[bytes]) -> list[bytes]:
    """PostgreSQL writes the shortest digits that are the number; the builder adds `.0`, and few exponents."""
    return [value + b".0" if value.removeprefix(b"-").isdigit() else _float(value) for value in values]


def _float(value: bytes) -> bytes:
    if b"e" not in value:
        return value
    mantissa, exponent, power = repr(float(value)).partition("e")
    return f"{mantissa}{'' if '.' in mantissa else '.0'}{exponent}{power}".encode()


def _times(values: list[bytes]) -> list[bytes]:
    return [_time(at, value) if value else value for at, value in enumerate(values)]


def _time(at: int, value: bytes) -> bytes:
    found = _TIME.fullmatch(value)
    if not found:
        raise _UnwritableError(at, value)
    day, time, hours, minutes = found.groups()
    return day + b"T" + time + (hours + (minutes or b":00") if hours else b"")
