"""CSV as PostgreSQL writes it: the server makes the lines, and here they get their header, their ends and their parts.

The session's `client_encoding` is UTF8, and so is the file, without a byte order mark.
"""

import re
from collections.abc import Iterator
from typing import Final

from exporter.encode.part import Document, Part, parts
from exporter.selection import Selection
from provisioner.exports.model import LineEnd, Quote, Task

ENDS: Final = {LineEnd.LF: b"\n", LineEnd.CRLF: b"\r\n"}

_SPECIAL: Final = re.compile('[,"\r\n]')
"""What COPY puts a field in quotes for (src/backend/commands/copyto.c, CopyAttributeOutCSV)."""
_FIELD: Final = re.compile(rb'("(?:[^"]|"")*"|)([,\n])')


def csv(selection: Selection, task: Task) -> Iterator[Part]:
    """The parts of a CSV; each begins with the header, and a file without rows is the header alone."""
    # Not COPY's own HEADER: each part needs one, and FORCE_QUOTE leaves the header's names bare.
    head = header([column.name for column in selection.columns], task.quote, task.line_end)
    lines = selection.rows("FORMAT csv" if task.quote is Quote.NEEDED else "FORMAT csv, FORCE_QUOTE *")
    if task.quote is Quote.ALL:
        lines = map(_quote_nulls, lines)
    if task.line_end is LineEnd.CRLF:
        # COPY sends a message a row, so the last byte is the row's end; one within a field stays as it is.
        lines = (line[:-1] + b"\r\n" for line in lines)
    return parts(Document(head=head, records=lines, empty=head), task.records_per_part, task.when_empty)


def header(names: list[str], quote: Quote, line_end: LineEnd) -> bytes:
    """The first line of a CSV, its names quoted as COPY quotes fields."""
    fields = (
        '"' + name.replace('"', '""') + '"' if quote is Quote.ALL or _SPECIAL.search(name) else name for name in names
    )
    return ",".join(fields).encode() + ENDS[line_end]


def _quote_nulls(line: bytes) -> bytes:
    """Put NULLs in quotes too, which FORCE_QUOTE does not."""
    if b",," in line or line[:1] in b",\n" or line[-2:] == b",\n":
        return _FIELD.sub(lambda field: (field[1] or b'""') + field[2], line)
    return line
