"""XML as the collections' builder writes it: a record an element, a field an element in it, two spaces a level.

Null and the empty text are `<x/>`; a time is ISO 8601 in whole seconds with the zone's offset; a floating-point number
has a point; `numeric` and all other types stand as PostgreSQL writes them.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from exporter.encode.part import Document, Part, parts
from exporter.failure import EncodeError
from exporter.selection import Column, Selection
from provisioner.exports.model import Task

DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'

_NAME: Final = re.compile(r"[^\W\d][\w.-]*")
"""An element's name without a colon (Namespaces in XML 1.0, NCName), of letters that Python knows."""

_FORBIDDEN: Final = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_NONCHARACTERS: Final = ("\ufffe".encode(), "\uffff".encode())
"""What no XML document may hold, however it is written (XML 1.0, Char)."""

_ESCAPE: Final = re.compile(rb"\\(.)", re.DOTALL)
_ESCAPED: Final = {b"n": b"\n", b"t": b"\t", b"r": b"&#13;", b"\\": b"\\"}
"""COPY's escapes (SQL Commands, COPY, Text Format); what is left of them is a control character."""

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
        between, close = [], self._closed + self._opened
        for at, (name, written) in enumerate(zip(self._names, self._written, strict=True)):
            values = fields[at::width]
            try:
                values = written(values) if written else values
            except ValueError as error:
                self._refuse(rows, at, str(error))
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
