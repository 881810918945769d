"""What a look at AWS found, as text, JSON, annotations, or a job's summary."""

from collections.abc import Callable
from typing import Final

from provisioner.live.finding import Report
from provisioner.reporting.annotations import annotation, notice
from provisioner.reporting.bounded import Section, fit
from provisioner.reporting.json_text import json_text
from provisioner.reporting.markdown import MAX_COMMENT, code, row, said
from provisioner.reporting.terminal import Style

JSON_VERSION: Final = 1
"""Raised when a field of the JSON changes its meaning or goes."""
_LIMIT: Final = MAX_COMMENT // 2
"""Bytes of the markdown: the issue about drift holds what Pulumi says beside it."""


def as_text(report: Report, style: Style) -> str:
    """Two lines for each finding, then what could not be asked."""
    lines = []
    for found in report.findings:
        place = style.bold(f"{found.file}:{found.place.line}:{found.place.column}:")
        lines.append(f"{place} {found.what.plain} {style.dim(f'[{found.check}]')}\n    {found.advice.plain}\n")
    lines += [f"{style.bad('not asked:')} {one.plain}\n" for one in report.refused]
    return "".join(lines)


def as_json(report: Report, _style: Style) -> str:
    """An object with every finding."""
    findings = [
        {
            "rule": found.check.value,
            "file": found.file,
            "line": found.place.line,
            "column": found.place.column,
            "dataset": found.dataset,
            "what": found.what.plain,
            "advice": found.advice.plain,
        }
        for found in report.findings
    ]
    held = {
        "version": JSON_VERSION,
        "datasets": report.datasets,
        "findings": findings,
        "notes": [one.plain for one in report.notes],
        "not_asked": [one.plain for one in report.refused],
    }
    return json_text(held) + "\n"


def as_github(report: Report, _style: Style) -> str:
    """A workflow command for each finding, and for each thing that could not be asked."""
    lines = [
        annotation("error", found.file, found.place, found.check, f"{found.what}\n{found.advice}.")
        for found in report.findings
    ]
    lines += [notice("not asked", str(one)) for one in report.refused]
    return "".join(lines)


def as_markdown(report: Report, _style: Style) -> str:
    """A table of the findings, for a job's summary or an issue."""
    rows = [
        row(
            code(found.check),
            f"{said(found.what)}<br>{code(f'{found.file}:{found.place.line}')}",
            said(found.advice),
        )
        for found in report.findings
    ]
    table = Section(
        opening=row("Rule", "What AWS has", "What to do") + "\n| --- | --- | --- |",
        items=rows,
        codes=[found.check for found in report.findings],
    )
    rest = Section(items=[f"- {said(one)}" for one in (*report.refused, *report.notes)])
    return fit(f"### AWS: {tally(report)}\n", [table, rest], _LIMIT, "`provisioner check-live` shows it all.")


def tally(report: Report) -> str:
    """The result in one sentence."""
    looked = f"{report.datasets:,} dataset{'s' * (report.datasets != 1)}"
    count = len(report.findings)
    found = f"{count:,} finding{'s' * (count != 1)}" if count else "as the files say"
    missing = f"; {len(report.refused):,} kind{'s' * (len(report.refused) != 1)} of question not answered"
    return f"{looked}, {found}{missing * bool(report.refused)}"


FORMATS: Final[dict[str, Callable[[Report, Style], str]]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "markdown": as_markdown,
}
