"""The parts that records are written into: each the bytes of one file, or of one member of an archive."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from provisioner.exports.model import WhenEmpty


@dataclass
class Part:
    """One part. Its bytes are made as they are asked for, and can be asked for once."""

    chunks: Iterator[bytes] = field(init=False)
    records: int = 0
    """How many of its records have been handed on: all of them once `chunks` is at its end."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A text that is a record after another, between what stands before the first and behind the last."""

    head: bytes
    rows: Iterator[list[bytes]]
    """As a selection gives them, some at a time."""
    render: Callable[[list[bytes]], bytes]
    """The text of some rows."""
    tail: bytes = b""
    empty: bytes
    """The whole text, where there is no row."""


def parts(document: Document, most: int | None, when_empty: WhenEmpty) -> Iterator[Part]:
    """Cut a document into parts of at most so many records, each with a head and a tail.

    A part is to be read to its end before the next is asked for. There is none where there is no record, unless an
    empty one is to be written.
    """
    rows = _Rows(document.rows)
    if not rows.more() and when_empty is WhenEmpty.WRITE:
        part = Part()
        part.chunks = iter((document.empty,))
        yield part
    while rows.more():
        part = Part()
        part.chunks = _chunks(part, document, rows, most)
        yield part


def _chunks(part: Part, document: Document, rows: "_Rows", most: int | None) -> Iterator[bytes]:
    yield document.head
    while batch := rows.take(None if most is None else most - part.records):
        part.records += len(batch)
        yield document.render(batch)
    if document.tail:
        yield document.tail


class _Rows:
    """Rows that come some at a time, and may be taken fewer at a time."""

    def __init__(self, batches: Iterator[list[bytes]]) -> None:
        self._batches = batches
        self._left: list[bytes] = []

    def more(self) -> bool:
        """Whether there is another row."""
        self._left = self._left or next(self._batches, [])
        return bool(self._left)

    def take(self, most: int | None) -> list[bytes]:
        """The next rows, at most so many; none at their end."""
        if not self.more():
            return []
        taken = self._left if most is None else self._left[:most]
        self._left = self._left[len(taken) :]
        return taken
