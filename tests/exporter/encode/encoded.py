"""What the tests of a format share: a task with few words, and files in memory."""

import io
from dataclasses import replace
from typing import Any

from exporter.encode.encode import Encoded, Names, encode
from exporter.publish.target import Staged
from exporter.selection import Selection
from provisioner.exports.model import Format, Query, Task
from provisioner.exports.template import Template
from provisioner.reading.problem import START


class Memory(io.BytesIO):
    """A file in memory, never staged."""

    token = "memory"

    def stage(self) -> Staged:
        raise NotImplementedError

    def discard(self) -> None:
        raise NotImplementedError


PLAIN = Task(
    name="visits",
    query=Query(text="SELECT 1", file=None, place=START, columns=None),
    key=Template("visits"),
    format=Format.CSV,
    place=START,
)


def task(**options: Any) -> Task:
    """A task whose files are CSV unless another format is asked for."""
    return replace(PLAIN, **options)


def names() -> Names:
    """`visits_1`, and in an archive `pt1`."""
    return Names(part_key="visits_{}".format, part_name="pt{}".format)


def encoded(selection: Selection, of: Task) -> tuple[Encoded, dict[str, bytes]]:
    """What encoding gives, and the bytes of each file by its key."""
    files: dict[str, Memory] = {}
    result = encode(selection, of, names(), lambda key: files.setdefault(key, Memory()), unheard)
    return result, {key: file.getvalue() for key, file in files.items()}


def unheard(records: int, written: int) -> None:
    """Nobody is told how far it is."""
