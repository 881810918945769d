"""How a dataset's files are made, before and after."""

import dataclasses
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Final

from provisioner.changes.change import KeyChange, Pair
from provisioner.changes.comparison import Comparison
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.exports.model import Export, Query, Task
from provisioner.exports.template import Template

_NOT_SAID: Final = frozenset({"place", "name", "columns", "ordered"})
"""What an export is known by, or has from what is said elsewhere in it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ExportChange(Pair[Export]):
    """The export of a dataset that comes, changes or goes."""

    dataset: PushDataset | PullDataset
    """As it is after, or was."""


def changed_exports(comparison: Comparison) -> Iterator[ExportChange]:
    """Every export that says something else after than before; of a retired dataset there is none."""
    for pair in comparison.changed:
        before, after = (one.export if one and not one.retired else None for one in (pair.before, pair.after))
        if said(before) != said(after):
            yield ExportChange(before=before, after=after, dataset=pair.latest)


def export_keys(before: Export | None, after: Export | None) -> Iterator[KeyChange]:
    """What an export says before and after, a line of it each."""
    old, new = said(before), said(after)
    for name in [*old, *(name for name in new if name not in old)]:
        if old.get(name) != new.get(name):
            yield KeyChange(key=f"export {name}", before=old.get(name), after=new.get(name))


def said(export: Export | None) -> dict[str, str]:
    """All that an export says, in texts, wherever in its file it stands: two that are equal make the same files."""
    return {} if export is None else dict(_said("", export))


def _said(name: str, value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case None | () | False:
            return
        case Query() | Template():
            yield name, value.text
        case Enum():
            yield name, str(value.value)
        case Mapping():
            for key, one in value.items():
                yield from _said(f"{name} {key}".strip(), one)
        case tuple() if isinstance(value[0], Task):
            for task in value:
                yield from _said(f"task {task.name}", task)
        case tuple():
            yield name, ", ".join(map(str, value))
        case _ if dataclasses.is_dataclass(value):
            for field in dataclasses.fields(value):
                if field.name not in _NOT_SAID or not isinstance(value, Export | Task | Query):
                    yield from _said(f"{name} {field.name}".strip(), getattr(value, field.name))
        case _:
            yield name, str(value).lower() if isinstance(value, bool) else str(value)
