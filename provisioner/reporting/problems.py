"""What `validate` found, as text, JSON, or GitHub annotations."""

from collections.abc import Callable
from typing import Any, Final

from provisioner.datasets.catalogue import Checked
from provisioner.reading.problem import Problem
from provisioner.reporting.annotations import annotation
from provisioner.reporting.bounded import Section, Shown, fit
from provisioner.reporting.json_text import json_text
from provisioner.reporting.markdown import MAX_SUMMARY, code, message, row
from provisioner.reporting.terminal import Style

JSON_VERSION: Final = 1
"""Raised when a field of the JSON changes its meaning or goes."""


def problem_lines(problems: tuple[Problem, ...], style: Style) -> str:
    """A line for each problem, as compilers write them."""
    lines = []
    for problem in problems:
        line, column = problem.place
        place = style.bold(f"{problem.file}:{line}:{column}:")
        lines.append(f"{place} {problem.wrong}; {problem.instead} {style.dim(f'[{problem.rule}]')}\n")
    return "".join(lines)


def as_text(checked: Checked, style: Style) -> str:
    """A line for each problem."""
    return problem_lines(checked.problems, style)


def as_json(checked: Checked, _style: Style) -> str:
    """An object with every problem."""
    problems = [problem_object(problem) for problem in checked.problems]
    return json_text({"version": JSON_VERSION, "files": checked.files, "problems": problems}) + "\n"


def problem_object(problem: Problem) -> dict[str, Any]:
    """One problem, as JSON has it."""
    return {
        "file": problem.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "rule": problem.rule.value,
        "wrong": problem.wrong,
        "instead": problem.instead,
    }


def as_github(checked: Checked, _style: Style) -> str:
    """A workflow command for each problem, which GitHub shows beside the line in the pull request."""
    return "".join(_annotation(problem) for problem in checked.problems)


def _annotation(problem: Problem) -> str:
    return annotation("error", problem.file, problem.place, problem.rule, f"{problem.wrong}; {problem.instead}")


def as_markdown(checked: Checked, _style: Style) -> str:
    """A table of all problems, for a job's summary."""
    head = f"### Dataset files: {tally(checked)}\n"
    return fit(head, [problem_section(checked.problems)], MAX_SUMMARY, "`provisioner validate` shows them all.")


def problem_section(problems: tuple[Problem, ...]) -> Section:
    """The problems as a part of a document in markdown."""
    opening = "| Where | What is wrong | What to do | Rule |\n| --- | --- | --- | --- |"
    return Section(
        title="#### Problems: to be mended first",
        opening=opening,
        items=Shown(things=problems, show=_row),
        codes=[problem.rule for problem in problems],
    )


def _row(problem: Problem) -> str:
    return row(
        code(f"{problem.file}:{problem.place.line}:{problem.place.column}"),
        message(problem.wrong),
        message(problem.instead),
        code(problem.rule),
    )


FORMATS: Final[dict[str, Callable[[Checked, Style], str]]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "markdown": as_markdown,
}


def tally(checked: Checked) -> str:
    """The result in one sentence."""
    files = f"{checked.files:,} file{'s' * (checked.files != 1)}"
    if not checked.problems:
        return f"{files}, no problem"
    count = len(checked.problems)
    bad = len({problem.file for problem in checked.problems})
    return f"{count:,} problem{'s' * (count != 1)} in {bad:,} file{'s' * (bad != 1)} ({files} read)"
