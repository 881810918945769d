"""The keys of a unit's files, from its task's templates."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from exporter.encode.encode import Names
from exporter.engine.unit import Unit
from exporter.engine.work import Work
from exporter.failure import ExportError
from exporter.ledger.model import Number
from provisioner.exports.model import Task
from provisioner.exports.template import Template, Value
from provisioner.reading.printable import shown

_SAFE: Final = re.compile("[A-Za-z0-9_ -]+")
"""What a partition may put into the name of a file: seed 004 has the same of its cohorts. No partition can then lead
into another folder, or bring an ending of its own."""


def names(work: Work, unit: Unit, number: Number) -> Names:
    """What the files of a unit, and the parts within them, are called.

    Raises:
        ExportError: the partition holds what the name of a file may not.
    """
    _check(unit)
    values: dict[str, Value] = {
        **unit.values,
        **work.placeholders,
        "task": unit.task.name,
        "format": unit.task.format.value,
        "base": number.base,
        "increment": number.increment,
    }

    def key(part: int) -> str:
        return _rendered(unit.task, unit.task.key, {**values, "part": part})

    def name(part: int) -> str:
        package = unit.task.package
        template = package.part if package else Template("{stem}")
        return _rendered(unit.task, template, {**values, "part": part, "stem": stem(key(1))})

    return Names(part_key=key, part_name=name)


def _rendered(task: Task, template: Template, values: Mapping[str, Value]) -> str:
    try:
        return template.render(values)
    except (KeyError, ValueError, TypeError) as error:
        known = ", ".join(f"{{{name}}}" for name in values)
        raise ExportError(
            f"the template '{template.text}' of the task '{task.name}' cannot be filled in: {error}; there are {known}"
        ) from error


def _check(unit: Unit) -> None:
    package = unit.task.package
    wanted = unit.task.key.placeholders | (package.part.placeholders if package else frozenset())
    for column, value in unit.values.items():
        if column in wanted and isinstance(value, str) and not _SAFE.fullmatch(value):
            raise ExportError(
                f"'{shown(value)}' cannot stand in the name of a file: letters from A to Z, digits, spaces, '-' and '_'"
                f" can. Rename it in the source, or let the query of the partitions give another '{column}'"
            )


def stem(key: str) -> str:
    """A file's own name without its ending: all from the first dot, as of `.csv.gz`."""
    return PurePosixPath(key).name.split(".")[0]
