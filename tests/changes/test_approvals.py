"""approvals.yaml: what is approved, and what is wrong with it and where."""

import datetime
from typing import Final

import pytest

from provisioner.changes.approvals import APPROVAL_KEYS, Approval, read_approvals
from provisioner.reading.document import MAX_FILE_BYTES
from provisioner.reading.keys import Key
from provisioner.reading.problem import symbolic_link
from tests.changes.states import plan_of, state

RIGHT: Final = """\
removals:
  - dataset: push_datasets/old_returns.yaml
    approved_by: Jane Doe, data engineering
    until: 2027-03-31
    reason: The agreement has ended
"""
READ: Final = Approval(
    dataset="push_datasets/old_returns.yaml",
    approved_by="Jane Doe, data engineering",
    until=datetime.date(2027, 3, 31),
    reason="The agreement has ended",
)


def test_an_approval_names_a_file_somebody_a_day_and_a_reason() -> None:
    assert read_approvals(RIGHT.encode()) == ((READ,), ())


@pytest.mark.parametrize("content", [None, b"removals: []\n"])
def test_there_need_be_none(content: bytes | None) -> None:
    assert read_approvals(content) == ((), ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (RIGHT.replace("    until: 2027-03-31\n", ""), ["2:5 key-missing"]),
        (RIGHT.replace("Jane Doe, data engineering", ""), ["3:17 key-empty"]),
        (RIGHT.replace("2027-03-31", "soon"), ["4:12 expires-date"]),
        (RIGHT.replace("2027-03-31", "9999-12-31"), ["4:12 expires-date"]),
        (RIGHT.replace("2027-03-31", "20270331"), ["4:12 expires-date"]),
        (RIGHT.replace("push_datasets/old_returns.yaml", "old_returns"), ["2:14 key-value"]),
        (RIGHT.replace("push_datasets/old_returns.yaml", "push_datasets/../x.yaml"), ["2:14 key-value"]),
        (RIGHT.replace("push_datasets/old_returns.yaml", "push_datasets/*.yaml"), ["2:14 key-value"]),
        (RIGHT.replace("push_datasets/old_returns.yaml", "push_datasets/old_returnsxyaml"), ["2:14 key-value"]),
        (RIGHT.replace("reason:", "why:"), ["2:5 key-missing", "5:5 key-unknown"]),
        (RIGHT + "    colour: blue\n", ["6:5 key-unknown"]),
        (RIGHT.replace("Jane Doe", "J" * 200), ["3:18 key-length"]),
        (RIGHT.replace("reason: The", 'reason: "\\e[31mThe'), ["5:13 yaml-syntax"]),
        ("removals:\n  - push_datasets/old_returns.yaml\n", ["2:5 key-type"]),
        ("removals:\n", ["1:10 key-type"]),
        ("removals: {}\n", ["1:11 key-type"]),
        ("{}\n", ["1:1 key-missing"]),
        ("approvals: []\n", ["1:1 key-missing", "1:1 key-unknown"]),
        ("", ["1:1 yaml-empty"]),
        ("- push_datasets/old_returns.yaml\n", ["1:1 yaml-mapping"]),
        ("removals: !!python/object/apply:os.system [echo]\n", ["1:11 yaml-tag", "1:44 key-type"]),
        ("removals: &all []\n", ["1:11 yaml-alias"]),
        ("removals: *all\n", ["1:11 yaml-alias"]),
        ("removals:\n  - *all\n", ["2:5 yaml-alias"]),
        (RIGHT + RIGHT, ["6:1 yaml-duplicate-key"]),
        (RIGHT + "---\nremovals: []\n", ["6:1 yaml-documents"]),
        ("removals: " + "[" * 30 + "]" * 30, ["1:30 yaml-depth"]),
        (RIGHT + "#" * MAX_FILE_BYTES, ["1:1 file-size"]),
        ("removals: [\xff", ["1:11 yaml-syntax"]),
    ],
)
def test_what_is_wrong_is_a_problem_at_its_place(text: str, expected: list[str]) -> None:
    _, problems = read_approvals(text.encode())
    assert {problem.file for problem in problems} <= {"approvals.yaml"}
    assert [f"{problem.place.line}:{problem.place.column} {problem.rule}" for problem in problems] == expected


@pytest.mark.parametrize("key", APPROVAL_KEYS, ids=lambda key: key.name)
def test_half_an_approval_approves_nothing(key: Key) -> None:
    lines = RIGHT.replace("  - dataset", "  -\n    dataset").splitlines(keepends=True)
    left = "".join(line for line in lines if not line.strip().startswith(f"{key.name}:"))
    approvals, problems = read_approvals(left.encode())
    assert approvals == ()
    assert [problem.rule for problem in problems] == ["key-missing"]


def test_an_approval_with_a_key_too_many_approves_nothing() -> None:
    assert read_approvals(f"{RIGHT}    colour: blue\n".encode())[0] == ()


def test_one_that_is_wrong_takes_nothing_from_the_others() -> None:
    both = RIGHT + RIGHT.removeprefix("removals:\n").replace("2027-03-31", "soon")
    approvals, problems = read_approvals(both.encode())
    assert approvals == (READ,)
    assert len(problems) == 1


def test_a_link_is_not_followed() -> None:
    link = symbolic_link("approvals.yaml")
    assert read_approvals(link) == ((), (link,))


def test_a_plan_shows_what_is_wrong_with_them_and_cannot_be_merged() -> None:
    plan = plan_of(state(), state(approvals=b"removals: all of them\n"))
    assert [str(problem) for problem in plan.problems] == [
        "approvals.yaml:1:11: 'removals' wants a list of approvals; write 'removals:' and under it, for each dataset, "
        "'- dataset: push_datasets/old_returns.yaml' [key-type]"
    ]
    assert plan.refused
