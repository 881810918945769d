"""An export as it was read, right or wrong: what every rule of exports looks at."""

from dataclasses import dataclass
from typing import Any

from provisioner.exports.model import Query
from provisioner.reading.keys import Found, Values
from provisioner.reading.problem import Place
from provisioner.settings import Settings


@dataclass(frozen=True, kw_only=True)
class TaskDraft:
    """One task, and what of it could be read."""

    name: str
    place: Place
    own: Values | None
    """What the task itself says; None for one that is found in the folder of tasks."""
    defaults: Values
    """What `export` says for all of its tasks."""
    query: Query | None
    delete: Query | None
    partitions: Query | None

    def any(self, key: str) -> Found[Any] | None:
        """The value of a key of whatever type: the task's own, or that of all tasks."""
        if self.own is not None and key in self.own.places:
            return self.own.any(key)
        return self.defaults.any(key)

    def says(self, key: str) -> bool:
        """Whether the task has a key, of its own or as all tasks do, be its value right or wrong."""
        return (self.own is not None and key in self.own.places) or key in self.defaults.places


@dataclass(frozen=True, kw_only=True)
class ExportDraft:
    """One export, and what of it could be read."""

    place: Place
    """Of the key `export` in its file."""
    values: Values
    tasks: tuple[TaskDraft, ...]
    retired: bool
    """Whether its dataset is."""
    settings: Settings
