"""Every wrong file that we thought of, and exactly what is said about it."""

import re
from pathlib import Path

import pytest

from provisioner.reading.problem import RULE_MEANINGS, Rule
from tests.datasets.cases import cases, check_case

# Asked after the catalogue is made, or about what cannot lie in a repository: their tests are elsewhere.
WITHOUT_A_CASE = {rule for rule in Rule if rule.startswith("limit-")} | {Rule.FILE_PLACE, Rule.FILE_UNREADABLE}


def expected(case: Path) -> str:
    return (case / "expected.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", cases("invalid"), ids=lambda case: case.name)
def test_every_problem_is_reported_at_its_place(case: Path) -> None:
    reported = "".join(f"{problem}\n" for problem in check_case(case).problems)
    assert reported
    assert reported == expected(case)


@pytest.mark.parametrize("rule", sorted(set(Rule) - WITHOUT_A_CASE))
def test_every_rule_has_a_case(rule: Rule) -> None:
    assert any(f"[{rule}]\n" in expected(case) for case in cases("invalid"))


def test_every_rule_has_a_meaning() -> None:
    assert set(RULE_MEANINGS) == set(Rule)


@pytest.mark.parametrize("case", cases("invalid"), ids=lambda case: case.name)
def test_no_message_shows_a_control_character_or_runs_on(case: Path) -> None:
    for line in expected(case).splitlines():
        assert line.isprintable()
        assert all(len(quoted) <= 80 for quoted in re.findall("'([^']*)'", line))
