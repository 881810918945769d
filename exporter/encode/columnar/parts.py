"""The parts that batches of records are written into: each a file of columns, given out as it grows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

import pyarrow as pa

from exporter.encode.columnar.records import Records
from exporter.encode.part import Part
from provisioner.exports.model import WhenEmpty

_ALL: Final = 2**63 - 1
"""The most records of a part, where the task says none."""


class Writer(Protocol):
    """A file that is being written."""

    def write(self, table: pa.Table) -> object:
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
        coming = _Coming(read, records.schema)
        number = 0
        while coming.more() or (not number and when_empty is WhenEmpty.WRITE):
            number += 1
            part = Part()
            part.chunks = _chunks(part, coming, begin, most or _ALL)
            yield part


def _chunks(part: Part, coming: "_Coming", begin: Callable[["Written"], Writer], most: int) -> Iterator[bytes]:
    written = Written()
    writer = begin(written)
    if not coming.more():
        writer.write(coming.schema.empty_table())
    while part.records < most and coming.more():
        batch = coming.take(most - part.records)
        writer.write(pa.Table.from_batches([batch]))
        part.records += batch.num_rows
        yield written.taken()
    writer.close()
    yield written.taken()


@dataclass
class _Coming:
    """Batches, of which the next may have been begun."""

    batches: Iterator[pa.RecordBatch]
    schema: pa.Schema
    begun: pa.RecordBatch | None = None

    def more(self) -> bool:
        """Whether there is a record yet."""
        if self.begun is None:
            self.begun = next(self.batches, None)
        return self.begun is not None

    def take(self, most: int) -> pa.RecordBatch:
        """The next records, at most so many; there must be more."""
        batch = self.begun
        rest = batch.slice(most)
        self.begun = rest if rest.num_rows else None
        return batch.slice(0, most)


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
