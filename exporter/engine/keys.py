"""The keys of a unit's files, from its task's templates."""

from pathlib import PurePosixPath

from exporter.encode.encode import Names
from exporter.engine.unit import Unit
from exporter.engine.work import Work
from exporter.ledger.model import Number
from provisioner.exports.template import Template, Value


def names(work: Work, unit: Unit, number: Number) -> Names:
    """What the files of a unit, and the parts within them, are called."""
    values: dict[str, Value] = {
        **unit.values,
        **work.placeholders,
        "task": unit.task.name,
        "base": number.base,
        "increment": number.increment,
    }

    def key(part: int) -> str:
        return unit.task.key.render({**values, "part": part})

    def name(part: int) -> str:
        package = unit.task.package
        template = package.part if package else Template("{stem}")
        return template.render({**values, "part": part, "stem": stem(key(1))})

    return Names(part_key=key, part_name=name)


def stem(key: str) -> str:
    """A file's own name without its ending: all from the first dot, as of `.csv.gz`."""
    return PurePosixPath(key).name.split(".")[0]
