"""A selection's records as batches of the types that a file has, each value checked that could be another in it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql

from exporter.encode.columnar.batches import batches
from exporter.encode.columnar.kinds import Kind, kind_of
from exporter.failure import EncodeError
from exporter.selection import Column, Selection
from provisioner.exports.model import Format


class Records:
    """What a selection is in a format of columns."""

    def __init__(self, selection: Selection, format_: Format) -> None:
        """Raises EncodeError where a column is of a type that the format has none for."""
        self._selection = selection
        self._kinds = [(column, kind_of(column, format_)) for column in selection.columns]
        self.schema = pa.schema([pa.field(column.name, kind.type) for column, kind in self._kinds])

    @contextmanager
    def read(self) -> Iterator[Iterator[pa.RecordBatch]]:
        """The records, some thousand at a time.

        Raises:
            EncodeError: a value cannot be written in the format.
            SourceError: the database refused, or went away.
        """
        with batches(self._selection.other_session(), self._statement()) as read:
            yield self._written(read)

    def _statement(self) -> str:
        """Behind the columns come the dimensions of the arrays, which the driver does not tell of."""
        selected = [_selected(column, kind) for column, kind in self._kinds]
        selected += [f"array_ndims({_named(column)})" for column, kind in self._kinds if kind.is_list]
        return f"SELECT {', '.join(selected)}\nFROM (\n{self._selection.statement}\n) AS q"

    def _written(self, read: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        before = 0
        for batch in read:
            dimensions = iter(batch.columns[len(self._kinds) :])
            arrays = []
            for (column, kind), array in zip(self._kinds, batch.columns, strict=False):
                if kind.is_list:
                    _check_dimensions(column, next(dimensions), before)
                _check(column, kind, array, before)
                arrays.append(_as_written(column, kind, array, before))
            yield pa.record_batch(arrays, schema=self.schema)
            before += batch.num_rows


def _selected(column: Column, kind: Kind) -> str:
    """A column as the server is to send it; arrays so that they begin at 1, as the driver insists."""
    name = _named(column) + ("[:]" if kind.is_list else "")
    return f"({name})::{kind.cast}" if kind.cast else name


def _named(column: Column) -> str:
    return f"q.{sql.Identifier(column.name).as_string(None)}"


def _as_written(column: Column, kind: Kind, array: pa.Array, before: int) -> pa.Array:
    if array.type == kind.type:
        return array
    try:
        return array.cast(kind.type)
    except pa.ArrowInvalid:
        for number, value in enumerate(array.to_pylist()):
            if "NaN" in ((value or ()) if kind.is_list else (value,)):
                _refuse(column, before + number, "NaN, which is no number of so many digits")
        raise


def _check(column: Column, kind: Kind, array: pa.Array, before: int) -> None:
    """Refuse what stands for a time and is beyond what can be."""
    if kind.least is None:
        return
    values = array.flatten() if kind.is_list else array
    values = values.view(pa.int32() if pa.types.is_date(values.type) else pa.int64())
    found = pc.min_max(values).as_py()
    if found["min"] is None:
        return
    if found["min"] < kind.least or (kind.most is not None and found["max"] > kind.most):
        wrong = found["min"] if found["min"] < kind.least else found["max"]
        number = pc.index(values, wrong).as_py()
        if kind.is_list:
            number = pc.list_parent_indices(array)[number].as_py()
        _refuse(column, before + number, f"a value {kind.unwritable}")


def _check_dimensions(column: Column, dimensions: pa.Array, before: int) -> None:
    if (pc.max(dimensions).as_py() or 0) > 1:
        number = pc.index(pc.greater(dimensions, 1), True).as_py()
        _refuse(column, before + number, "an array of several dimensions, where a list has one")


def _refuse(column: Column, number: int, what: str) -> None:
    raise EncodeError(
        f"the column '{column.name}' of record {number + 1} has {what}: let the query replace it, or cast the column to"
        " text"
    )
