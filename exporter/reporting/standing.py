"""How exports stand, as text or JSON."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from exporter.freshness import Standing, State, Verdict
from exporter.ledger.model import Output
from exporter.reporting.moments import ago, moment, seconds
from exporter.reporting.result import output_object, run_object
from provisioner.exports.model import Freshness
from provisioner.reading.printable import printable
from provisioner.reporting.json_text import json_text
from provisioner.reporting.terminal import Style

JSON_VERSION: Final = 1
"""Raised when a field of the JSON changes its meaning or goes."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """How an export stands, and what its last run made."""

    name: str
    target: str
    rule: Freshness
    standing: Standing
    outputs: tuple[Output, ...]
    """Of the last run."""
    at: datetime.datetime
    """When it was asked."""


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """An export whose ledger could not be asked."""

    name: str
    error: str


def as_text(reports: Sequence[Report | Unknown], style: Style) -> str:
    """A few lines for each export."""
    return "".join(_lines(report, style) for report in reports)


def _lines(report: Report | Unknown, style: Style) -> str:
    if isinstance(report, Unknown):
        return f"{style.bold(report.name)}: {style.bad('not known')}: {printable(report.error)}\n"
    standing = report.standing
    dress = {Verdict.FRESH: style.good, Verdict.WARN: style.bold, Verdict.ERROR: style.bad}[standing.verdict]
    verdict = standing.verdict.value + (f": {standing.reason}" if standing.reason else "")
    lines = [f"{style.bold(report.name)}: {standing.state.value}{_when(report)} ({dress(verdict)})"]
    if standing.good and standing.good is not standing.last:
        lines.append(f"  last good run: {ago(standing.good.started_at, report.at)}")
    lines += [f"  {_output(output)}" for output in report.outputs]
    if standing.waiting:
        lines.append(f"  {standing.waiting:,} file{'s' * (standing.waiting != 1)} committed and not yet to be seen")
    if standing.last and standing.last.error:
        lines += [f"  {style.bad('failed')} {printable(line)}" for line in standing.last.error.splitlines()]
    return "\n".join(lines) + "\n"


def _when(report: Report) -> str:
    last = report.standing.last
    if last is None:
        return f" into {printable(report.target)}"
    by = f" by {printable(last.holder)}" if report.standing.state is State.RUNNING else ""
    return f" {ago(last.started_at, report.at)}{by}, into {printable(report.target)}"


def _output(output: Output) -> str:
    name = printable(output.task if output.partition is None else f"{output.task} {output.partition}")
    return f"{name}: {output.state.value}, {output.records:,} row{'s' * (output.records != 1)}"


def as_json(reports: Sequence[Report | Unknown], _style: Style) -> str:
    """An object with every export."""
    return json_text({"version": JSON_VERSION, "exports": [_object(report) for report in reports]}) + "\n"


def _object(report: Report | Unknown) -> dict[str, Any]:
    if isinstance(report, Unknown):
        return {"name": report.name, "state": "not known", "error": report.error}
    standing = report.standing
    return {
        "name": report.name,
        "target": report.target,
        "state": standing.state.value,
        "verdict": standing.verdict.value,
        "reason": standing.reason or None,
        "age_seconds": seconds(standing.age),
        "warn_after_seconds": seconds(report.rule.warn_after),
        "error_after_seconds": seconds(report.rule.error_after),
        "waiting": standing.waiting,
        "last_run": run_object(standing.last) if standing.last else None,
        "last_good_run_at": moment(standing.good.started_at) if standing.good else None,
        "outputs": [output_object(output) for output in report.outputs],
    }


FORMATS: Final[dict[str, Callable[[Sequence[Report | Unknown], Style], str]]] = {"text": as_text, "json": as_json}
