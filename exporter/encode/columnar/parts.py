"""The parts that batches of records are written into: each a file of columns, given out as it grows."""

from collections.abc import Callable, Iterator
from itertools import chain, groupby
from operator import itemgetter
from typing import Protocol

import pyarrow as pa

from exporter.encode.columnar.records import Records
from exporter.encode.part import Part
from provisioner.exports.model import WhenEmpty


class Writer(Protocol):
    """A file that is being written."""

    def write(self, table: pa.Table, /) -> object:
        """Take the next records."""

    def close(self) -> object:
        """Write what comes last."""


def parts(
    records: Records, begin: Callable[["Written"], Writer], most: int | None, when_empty: WhenEmpty
) -> Iterator[Part]:
    """Cut records into parts of at most so many.

    A part is to be read to its end before the next is asked for. There is none where there is no record, unless an
    empty one is to be written.

    Args:
        records: what is read.
        begin: begins a file that is written into what it is given.
        most: how many records a part has at most.
        when_empty: what becomes of no record.
    """
    with records.read() as read:
        pieces = _cut(read, most)
        first = next(pieces, None)
        if first is not None:
            for _, cut in groupby(chain((first,), pieces), key=itemgetter(0)):
                yield _part((piece for _, piece in cut), begin)
        elif when_empty is WhenEmpty.WRITE:
            yield _part(iter((records.schema.empty_table(),)), begin)


def _cut(batches: Iterator[pa.RecordBatch], most: int | None) -> Iterator[tuple[int, pa.Table]]:
    """The records with the number, from 0, of the part that they go into."""
    number = taken = 0
    for batch in batches:
        rest = pa.Table.from_batches([batch])
        while rest.num_rows:
            if taken == most:
                number, taken = number + 1, 0
            piece = rest if most is None else rest.slice(0, most - taken)
            taken += piece.num_rows
            rest = rest.slice(piece.num_rows)
            yield number, piece


def _part(pieces: Iterator[pa.Table], begin: Callable[["Written"], Writer]) -> Part:
    part = Part()
    part.chunks = _chunks(part, pieces, begin)
    return part


def _chunks(part: Part, pieces: Iterator[pa.Table], begin: Callable[["Written"], Writer]) -> Iterator[bytes]:
    written = Written()
    writer = begin(written)
    for piece in pieces:
        writer.write(piece)
        part.records += piece.num_rows
        yield written.taken()
    writer.close()
    yield written.taken()


class Written:
    """A file that only grows, and whose bytes are taken from it as they come."""

    closed = False

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> int:
        """Take the next bytes; they are the caller's no more."""
        self._chunks.append(bytes(data))
        self._size += len(data)
        return len(data)

    def tell(self) -> int:
        """How many bytes were written since the beginning."""
        return self._size

    def taken(self) -> bytes:
        """What was written since this was last asked for."""
        data = b"".join(self._chunks)
        self._chunks.clear()
        return data

    def readable(self) -> bool:
        """Nothing can be read."""
        return False

    def writable(self) -> bool:
        """It is to be written to."""
        return True

    def seekable(self) -> bool:
        """It only grows."""
        return False

    def flush(self) -> None:
        """There is nothing behind it."""

    def close(self) -> None:
        """It holds nothing but memory."""
