"""The exports of a checkout, as text or JSON."""

import datetime
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from exporter.reporting.moments import moment
from exporter.schedule import next_run
from provisioner.exports.model import Export
from provisioner.reporting.columns import aligned
from provisioner.reporting.json_text import json_text
from provisioner.reporting.terminal import Style

JSON_VERSION: Final = 1
"""Raised when a field of the JSON changes its meaning or goes."""


class Listed(NamedTuple):
    """One of them."""

    name: str
    kind: str
    """`push` or `pull`."""
    export: Export


def as_text(exports: Sequence[Listed], style: Style, now: datetime.datetime, width: int) -> str:
    """A line for each."""
    if not exports:
        return ""
    rows = [("name", "kind", "source", "tasks", "next run")]
    for name, kind, export in exports:
        due = next_run(export, now)
        when = f"{due:%Y-%m-%d %H:%M %Z}" if due else "by hand"
        rows.append((name, kind, export.source, str(len(export.tasks)), when))
    head, *lines = aligned(rows, width, names=(0, 2), right=(3,))
    return "\n".join([style.bold(head), *lines]) + "\n"


def as_json(exports: Sequence[Listed], _style: Style, now: datetime.datetime, _width: int) -> str:
    """An object with all."""
    listed = [
        {
            "name": name,
            "kind": kind,
            "source": export.source,
            "tasks": [task.name for task in export.tasks],
            "schedule": export.schedule,
            "timezone": export.timezone,
            "next_run": moment(next_run(export, now)),
        }
        for name, kind, export in exports
    ]
    return json_text({"version": JSON_VERSION, "exports": listed}) + "\n"


FORMATS: Final[dict[str, Callable[[Sequence[Listed], Style, datetime.datetime, int], str]]] = {
    "text": as_text,
    "json": as_json,
}
