"""The parts that records are written into: each the bytes of one file, or of one member of an archive."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

from provisioner.exports.model import WhenEmpty

BATCH: Final = 512
"""Records that are joined before they are handed on: some 100 KiB of them, small beside all else in memory."""


@dataclass
class Part:
    """One part. Its bytes are made as they are asked for, and can be asked for once."""

    chunks: Iterator[bytes | bytearray | memoryview] = field(init=False)
    records: int = 0
    """How many of its records have been handed on: all of them once `chunks` is at its end."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A text that is a record after another, between what stands before the first and behind the last."""

    head: bytes
    records: Iterator[bytes]
    tail: bytes = b""
    empty: bytes
    """The whole text, where there is no record."""


def parts(document: Document, most: int | None, when_empty: WhenEmpty) -> Iterator[Part]:
    """Cut a document into parts of at most so many records, each with a head and a tail.

    A part is to be read to its end before the next is asked for. There is none where there is no record, unless an
    empty one is to be written.
    """
    first = next(document.records, None)
    if first is None and when_empty is WhenEmpty.WRITE:
        part = Part()
        part.chunks = iter((document.empty,))
        yield part
    while first is not None:
        part = Part()
        part.chunks = _chunks(part, document, chain((first,), document.records), most)
        yield part
        first = next(document.records, None)


def _chunks(part: Part, document: Document, records: Iterator[bytes], most: int | None) -> Iterator[bytes]:
    yield document.head
    while True:
        room = BATCH if most is None else min(BATCH, most - part.records)
        batch = list(islice(records, room))
        if not batch:
            break
        part.records += len(batch)
        yield b"".join(batch)
    if document.tail:
        yield document.tail
