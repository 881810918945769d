"""What `exporter verify` found, as text or JSON."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from exporter.reporting.result import file_object
from exporter.verification import Checked, Finding
from provisioner.reading.printable import printable
from provisioner.reporting.json_text import json_text
from provisioner.reporting.terminal import Style

JSON_VERSION: Final = 1
"""Raised when a field of the JSON changes its meaning or goes."""


def as_text(checked: Sequence[Checked], style: Style) -> str:
    """A line for each file that is not simply as it was written."""
    return "".join(_line(one, style) for one in checked if one.finding is not Finding.SAME or one.is_unlisted)


def _line(one: Checked, style: Style) -> str:
    finding = style.bad(one.finding.value) if one.is_problem else style.bold(one.finding.value)
    unlisted = "; no manifest lists it yet, the next run's will" if one.is_unlisted else ""
    return f"{finding} {printable(one.file.key)} (run {one.file.run}){unlisted}\n"


def as_json(checked: Sequence[Checked], _style: Style) -> str:
    """An object with every file."""
    files: list[dict[str, Any]] = [
        {"finding": one.finding.value, "unlisted": one.is_unlisted, "run": one.file.run, **file_object(one.file)}
        for one in checked
    ]
    return json_text({"version": JSON_VERSION, "files": files}) + "\n"


FORMATS: Final[dict[str, Callable[[Sequence[Checked], Style], str]]] = {"text": as_text, "json": as_json}


def tally(checked: Sequence[Checked]) -> str:
    """The result in one sentence."""
    counts = [(finding, sum(one.finding is finding for one in checked)) for finding in Finding]
    found = ", ".join(f"{count:,} {finding.value}" for finding, count in counts if count)
    files = f"{len(checked):,} file{'s' * (len(checked) != 1)} of the ledger"
    return f"{files}: {found}" if checked else "the ledger has no file at this target yet"
