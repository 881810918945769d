"""A dataset file as it was read, right or wrong: what every rule looks at."""

import datetime
from dataclasses import dataclass

from provisioner.datasets.keys import Kind
from provisioner.exports.model import Export
from provisioner.reading.keys import Values
from provisioner.settings import Settings


@dataclass(frozen=True, slots=True)
class Draft:
    """One file: its place, and what of it could be read."""

    file: str
    stem: str
    """The file's name without folder and ending."""
    kind: Kind
    values: Values
    export: Export | None = None
    """How its files are made; None where it does not say, or not rightly."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule knows besides the file."""

    settings: Settings
    today: datetime.date | None
    """The date in UTC; None where a date that has passed is no reason to stop, as in a deploy."""
