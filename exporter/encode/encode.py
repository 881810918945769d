"""What a task selected becomes the bytes of its files."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain

from exporter.encode.part import Part
from exporter.failure import EncodeError
from exporter.publish.target import Sink
from exporter.selection import Selection
from provisioner.exports.model import Format, Task


@dataclass(frozen=True, kw_only=True)
class Names:
    """What the parts are called; they are numbered from 1."""

    part_key: Callable[[int], str]
    """The key of a file."""
    part_name: Callable[[int], str]
    """The name of a part within an archive."""


@dataclass(frozen=True, kw_only=True)
class EncodedFile:
    """A file that is written whole and not yet staged."""

    sink: Sink
    records: int


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """What a selection became."""

    files: tuple[EncodedFile, ...]

    @property
    def records(self) -> int:
        """Of all files."""
        return sum(file.records for file in self.files)


def encode(
    selection: Selection,
    task: Task,
    names: Names,
    open_file: Callable[[str], Sink],
    progress: Callable[[int, int], None],
) -> Encoded:
    """Write a selection into as many files as the task asks for; where it has no row and that is to be skipped, none.

    Args:
        selection: is read to its end.
        task: says the format and its options.
        names: of the files, and of what is in an archive.
        open_file: begins a file by its key. The files are written one after another; whoever gave this stages or
            discards them, also where an error ends the encoding.
        progress: is told, now and again, the records and the bytes written since the beginning.

    Raises:
        EncodeError: a value cannot be written in the format.
    """
    files = []
    records = written = 0
    # What reads ahead stops with an error, whoever keeps that.
    with closing(_files(selection, task, names)) as parts:
        for number, part in enumerate(parts, 1):
            sink = open_file(names.part_key(number))
            for chunk in part.chunks:
                sink.write(chunk)
                written += len(chunk)
                progress(records + part.records, written)
            records += part.records
            files.append(EncodedFile(sink=sink, records=part.records))
    return Encoded(files=tuple(files))


def _files(selection: Selection, task: Task, names: Names) -> Generator[Part, None, None]:
    """The parts, or the one archive that they go into; neither where there are none."""
    parts = _parts(selection, task)
    package = task.package
    if package is None:
        yield from parts
    elif first := next(parts, None):
        from exporter.encode.zip import archive, count_document

        def last(records: int) -> tuple[str, bytes] | None:
            return (package.manifest, count_document(package.count, records)) if package.manifest else None

        yield archive(chain((first,), parts), names.part_name, last)


def _parts(selection: Selection, task: Task) -> Iterator[Part]:
    """A module for each format, loaded when it is asked for: none pays for another's libraries."""
    match task.format:
        case Format.CSV:
            from exporter.encode.csv import csv

            return csv(selection, task)
        case Format.CSV_GZ:
            from exporter.encode.csv import csv
            from exporter.encode.gzip import gzip

            return map(gzip, csv(selection, task))
        case Format.XML:
            from exporter.encode.xml import xml

            return xml(selection, task)
        case Format.PARQUET | Format.ORC:
            try:
                from exporter.encode.columnar.files import columnar
            except ModuleNotFoundError as error:
                raise EncodeError(
                    f"for files of format {task.format} the package '{error.name}' is missing:"
                    " pip install 'data-engineering-exports[exporter,columnar]'"
                ) from error
            return columnar(selection, task)
