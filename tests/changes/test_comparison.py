"""What is set beside what: by kind and name, and nothing that has problems."""

import dataclasses
import datetime
from collections.abc import Callable
from typing import Final

import pytest

from provisioner.changes.change import Change
from provisioner.changes.plan import Plan
from provisioner.changes.refusals.refusal import Refusal
from provisioner.changes.risks.risk import Risk
from provisioner.changes.state import State
from provisioner.datasets.folder import DatasetFile
from provisioner.reading.problem import START, Problem, Rule, symbolic_link
from tests.changes.states import KNOWN, at, plan_of, pull, push, refusals, risks, settings_content, state

OTHERS: Final = tuple(pull(f"other_{number}") for number in range(8))
"""Datasets that stay: enough that one removal is no large share."""


def datasets(plan: Plan) -> list[tuple[str, Change]]:
    return [(change.latest.file, change.change) for change in plan.datasets]


def broken(file: DatasetFile) -> DatasetFile:
    return dataclasses.replace(file, content=file.content + b"colour: blue\n")


def unreadable(file: DatasetFile) -> DatasetFile:
    return dataclasses.replace(file, content=b"name: [\n")


@pytest.mark.parametrize("spoil", [broken, unreadable])
def test_a_file_with_problems_is_no_deletion_and_hides_no_other_change(
    spoil: Callable[[DatasetFile], DatasetFile],
) -> None:
    plan = plan_of(state(pull(), push()), state(spoil(pull()), push("visits", "sealed: true")))
    assert {problem.file for problem in plan.problems} == {"pull_datasets/extracts.yaml"}
    assert datasets(plan) == [("push_datasets/visits.yaml", Change.CHANGES)]
    assert {change.file for change in plan.grants} <= {"push_datasets/visits.yaml"}
    assert plan.refusals == ()
    assert {risk.file for risk in plan.risks} <= {"push_datasets/visits.yaml"}


def test_a_new_file_with_problems_does_not_come() -> None:
    plan = plan_of(state(push()), state(push(), broken(pull())))
    assert datasets(plan) == []
    assert plan.refused


PULL_FILE: Final = "pull_datasets/extracts.yaml"


@pytest.mark.parametrize(
    "found",
    [
        symbolic_link(PULL_FILE),
        symbolic_link("pull_datasets"),
        Problem(PULL_FILE, START, Rule.FILE_STRAY, "this is not a file", "move it"),
        Problem("pull_datasets", START, Rule.FILE_UNREADABLE, "the folder cannot be read", "see what lies there"),
        Problem("pull_datasets/extracts.yml", START, Rule.FILE_EXTENSION, "the file ends in '.yml'", "rename it"),
    ],
    ids=lambda problem: f"{problem.rule} {problem.file}",
)
def test_what_stands_in_the_place_of_a_file_is_a_problem_and_no_deletion(found: Problem) -> None:
    plan = plan_of(state(push(), pull()), state(push(), found=[found]))
    assert plan.problems == (found,)
    assert (datasets(plan), plan.grants, plan.resources, plan.refusals) == ([], (), (), ())


@pytest.mark.parametrize("name", ["pull_datasets/notes.md", "pull_datasets/extracts", "push_datasets/extracts.yml"])
def test_what_lies_beside_a_deleted_file_does_not_hide_the_deletion(name: str) -> None:
    rule = Rule.FILE_EXTENSION if name.endswith(".yml") else Rule.FILE_STRAY
    stray = Problem(name, START, rule, "this is not a dataset file", "move it")
    plan = plan_of(state(push(), pull()), state(push(), found=[stray]))
    assert datasets(plan) == [(PULL_FILE, Change.GOES)]
    assert [refusal.refusal for refusal in plan.refusals] == [Refusal.DELETE_ACTIVE]


def test_a_file_that_today_s_rules_refuse_but_can_read_is_compared_as_far_as_it_can_be_read() -> None:
    plan = plan_of(state(broken(pull())), state(pull("extracts", "allow_push: true")))
    assert datasets(plan) == [(PULL_FILE, Change.CHANGES)]
    assert {change.latest.verb for change in plan.grants} == {"write"}
    assert plan.problems == ()


def test_a_file_that_today_s_rules_cannot_read_at_the_base_shows_as_new_and_says_so() -> None:
    base, head = state(unreadable(pull())), state(pull())
    assert datasets(plan_of(base, head)) == [(PULL_FILE, Change.COMES)]
    assert risks(Risk.UNREAD_BEFORE, base, head) == [
        f"{PULL_FILE}:1:1 what '{PULL_FILE}' said before cannot be read, so that all of it shows as new"
    ]


def test_a_date_that_was_in_the_future_when_it_was_written_does_not_spoil_the_base() -> None:
    plan = plan_of(
        state(pull("extracts", "expires: 2026-01-31")), state(pull("extracts", "expires: 2027-01-31"), *OTHERS)
    )
    assert {change.before.until for change in plan.grants if change.before} == {datetime.date(2026, 1, 31)}


@pytest.mark.parametrize("before", [None, b"config: []\n", b"\xff", symbolic_link("Pulumi.test.yaml")])
def test_settings_that_cannot_be_set_beside_those_before_are_a_risk_and_nothing_shows_as_changed_by_them(
    before: bytes | Problem | None,
) -> None:
    base, head = state(pull(), settings=before), state(pull())
    assert not plan_of(base, head).changes
    assert risks(Risk.SETTINGS_CHANGED, base, head) == [
        "Pulumi.test.yaml:1:1 'Pulumi.test.yaml' was not there before, or cannot be read: what it changes does not show"
    ]


@pytest.mark.parametrize("after", [None, b"config: []\n", symbolic_link("Pulumi.test.yaml")])
def test_without_settings_after_there_is_nothing_but_what_is_wrong_with_them(after: bytes | Problem | None) -> None:
    plan = plan_of(state(pull()), state(push(), settings=after))
    assert plan.refused
    assert {problem.file for problem in plan.problems} == {"Pulumi.test.yaml"}
    assert (plan.settings, plan.datasets, plan.refusals, plan.risks) == (None, (), (), ())


def moved(name: str) -> State:
    return state(at("push_datasets/wrong_name.yaml", push(name)))


def test_a_file_that_takes_the_name_of_its_dataset_changes_nothing() -> None:
    plan = plan_of(moved("visits"), state(push("visits")))
    assert not plan.changes
    assert (plan.problems, plan.refusals, plan.risks) == ((), (), ())


def test_a_dataset_that_takes_the_name_of_its_file_is_renamed_and_that_is_refused() -> None:
    base, head = moved("visits"), state(push("wrong_name"))
    assert datasets(plan_of(base, head)) == [
        ("push_datasets/wrong_name.yaml", Change.GOES),
        ("push_datasets/wrong_name.yaml", Change.COMES),
    ]
    assert refusals(base, head) == [(Refusal.NAME_CHANGED, "push_datasets/wrong_name.yaml:1:1")]


def test_of_two_files_that_say_one_name_the_one_that_bears_it_was_the_dataset() -> None:
    first_by_name = at("push_datasets/a_copy.yaml", push("visits", bucket="target-two"))
    last_by_name = at("push_datasets/z_copy.yaml", push("visits", bucket="target-two"))
    plan = plan_of(state(first_by_name, push(), last_by_name), state(push("visits", "sealed: true")))
    assert datasets(plan) == [("push_datasets/visits.yaml", Change.CHANGES)]
    assert [key.key for change in plan.datasets for key in change.keys] == ["sealed"]


def test_a_push_dataset_that_becomes_a_pull_dataset_goes_and_comes() -> None:
    plan = plan_of(state(push("visits")), state(pull("visits")))
    assert datasets(plan) == [
        ("pull_datasets/visits.yaml", Change.COMES),
        ("push_datasets/visits.yaml", Change.GOES),
    ]
    assert [refusal.refusal for refusal in plan.refusals] == [Refusal.DELETE_ACTIVE]


def test_two_problems_hide_neither_each_other_nor_what_is_refused_and_risky_elsewhere() -> None:
    base = state(push(), pull(), *OTHERS)
    head = state(broken(push()), unreadable(pull("another")), *OTHERS, pull("yet_another", arns=[UNKNOWN]))
    plan = plan_of(base, head)
    assert {problem.file for problem in plan.problems} == {"push_datasets/visits.yaml", "pull_datasets/another.yaml"}
    assert [refusal.file for refusal in plan.refusals] == ["pull_datasets/extracts.yaml"]
    assert [risk.risk for risk in plan.risks] == [Risk.ACCOUNT_UNKNOWN]


UNKNOWN: Final = "arn:aws:iam::210987654321:role/reader"


def test_settings_alone_can_change() -> None:
    longer = dataclasses.replace(KNOWN, retention_days=15)
    plan = plan_of(state(pull()), state(pull(), settings=longer))
    assert plan.datasets == ()
    assert [(change.key, change.before, change.after) for change in plan.settings_changes] == [
        ("retention_days", "14", "15")
    ]
    assert {change.type.rpartition(":")[2] for change in plan.resources} == {"BucketLifecycleConfiguration"}
    assert plan.changes


def test_a_comment_in_the_settings_changes_nothing() -> None:
    plan = plan_of(state(pull()), state(pull(), settings=b"# ours\n" + settings_content(KNOWN)))
    assert not plan.changes
    assert plan.risks == ()
