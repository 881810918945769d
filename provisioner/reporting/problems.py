"""What `validate` found, as text, JSON, or GitHub annotations."""

import json
from collections.abc import Callable
from typing import Final

from provisioner.datasets.catalogue import Checked
from provisioner.reading.problem import Problem
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
    problems = [
        {
            "file": problem.file,
            "line": problem.place.line,
            "column": problem.place.column,
            "rule": problem.rule.value,
            "wrong": problem.wrong,
            "instead": problem.instead,
        }
        for problem in checked.problems
    ]
    return json.dumps({"version": JSON_VERSION, "files": checked.files, "problems": problems}, indent=2) + "\n"


def as_github(checked: Checked, _style: Style) -> str:
    """A workflow command for each problem, which GitHub shows beside the line in the pull request."""
    return "".join(_annotation(problem) for problem in checked.problems)


def _annotation(problem: Problem) -> str:
    line, column = problem.place
    where = f"file={_property(problem.file)},line={line},col={column},title={_property(problem.rule)}"
    return f"::error {where}::{_data(f'{problem.wrong}; {problem.instead}')}\n"


def _data(text: str) -> str:
    """GitHub Docs, "Workflow commands for GitHub Actions": what would end or change a command is escaped."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMATS: Final[dict[str, Callable[[Checked, Style], str]]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
}


def tally(checked: Checked) -> str:
    """The result in one sentence."""
    files = f"{checked.files:,} file{'s' * (checked.files != 1)}"
    if not checked.problems:
        return f"{files}, no problem"
    count = len(checked.problems)
    bad = len({problem.file for problem in checked.problems})
    return f"{count:,} problem{'s' * (count != 1)} in {bad:,} file{'s' * (bad != 1)} ({files} read)"
