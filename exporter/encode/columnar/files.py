"""Parquet and ORC files: what one batch is in each, and how it is compressed."""

from collections.abc import Iterator
from typing import Final

import pyarrow as pa
from pyarrow.orc import ORCWriter
from pyarrow.parquet import ParquetWriter

from exporter.encode.columnar.batches import BATCH_BYTES
from exporter.encode.columnar.parts import Writer, Written, parts
from exporter.encode.columnar.records import Records
from exporter.encode.part import Part
from exporter.selection import Selection
from provisioner.exports.model import Format, Task

# It gives back what is freed, where the others keep some MiB for later.
pa.set_memory_pool(pa.system_memory_pool())

ORC_COMPRESSIONS: Final = {"zstd": "zstd", "snappy": "snappy", "none": "uncompressed"}
"""What ORC's writer calls what a task asks for (pyarrow.orc.ORCWriter)."""


def columnar(selection: Selection, task: Task) -> Iterator[Part]:
    """The parts of a selection; each is a file by itself, and one without rows has their columns all the same.

    Raises:
        EncodeError: a column is of a type that the format has none for; later, a value cannot be written.
    """
    records = Records(selection, task.format)

    def begin(file: Written) -> Writer:
        writer: Writer = _parquet(file, records.schema, task) if task.format is Format.PARQUET else _orc(file, task)
        return writer

    return parts(records, begin, task.records_per_part, task.when_empty)


def _parquet(file: Written, schema: pa.Schema, task: Task) -> ParquetWriter:
    """A row group of each batch, so that no more than that is ever in memory."""
    return ParquetWriter(
        file,
        schema,
        compression=task.compression,
        # Compressed, the values themselves are smaller than with one, and sooner written: of 2 million rows by a tenth
        # and a seventh.
        use_dictionary=False,
        # Up to 18 digits are an integer (Parquet, Logical Types, "DECIMAL").
        store_decimal_as_integer=True,
    )


def _orc(file: Written, task: Task) -> ORCWriter:
    return ORCWriter(file, compression=ORC_COMPRESSIONS[task.compression], stripe_size=BATCH_BYTES)
