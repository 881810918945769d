"""The parts that records are written into: each the bytes of one file, or of one member of an archive."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from provisioner.exports.model import WhenEmpty

BATCH_BYTES: Final = 128 * 1024
"""Rows are made into text so many bytes at a time: some hundred rows, and little beside all else in memory."""


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
    rows: Iterator[bytes]
    """As COPY sends them."""
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
    first = next(document.rows, None)
    if first is None and when_empty is WhenEmpty.WRITE:
        part = Part()
        part.chunks = iter((document.empty,))
        yield part
    while first is not None:
        part = Part()
        part.chunks = _chunks(part, document, chain((first,), document.rows), most)
        yield part
        first = next(document.rows, None)


def _chunks(part: Part, document: Document, rows: Iterator[bytes], most: int | None) -> Iterator[bytes]:
    yield document.head
    while batch := _batch(rows, None if most is None else most - part.records):
        part.records += len(batch)
        yield document.render(batch)
    if document.tail:
        yield document.tail


def _batch(rows: Iterator[bytes], most: int | None) -> list[bytes]:
    """The next rows: at most so many, and no more bytes than BATCH_BYTES and one row."""
    batch: list[bytes] = []
    size = 0
    while len(batch) != most and size < BATCH_BYTES and (row := next(rows, None)) is not None:
        batch.append(row)
        size += len(row)
    return batch
