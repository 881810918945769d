"""The numbers that an export says."""

from typing import Any, Final

from provisioner.exports.draft import ExportDraft
from provisioner.reading.document import Report
from provisioner.reading.keys import Found
from provisioner.reading.problem import Rule

MAX_PARALLEL: Final = 16
"""Ours: each is a connection to the source, which serves others too."""
MAX_RECORDS_PER_PART: Final = 1_000_000_000
"""Ours: of what is more nobody needs parts."""


def check_numbers(draft: ExportDraft, report: Report) -> None:
    """No number is nought or beyond what it is for."""
    found: list[tuple[str, Found[Any] | None, int]] = [("parallel", draft.values.number("parallel"), MAX_PARALLEL)]
    found += [("records_per_part", task.any("records_per_part"), MAX_RECORDS_PER_PART) for task in draft.tasks]
    for key, number, most in found:
        if number and not 1 <= number.value <= most:
            wrong = f"'{key}' is {number.value:,}"
            report(number.place, Rule.KEY_VALUE, wrong, f"write a number from 1 to {most:,}")
