"""A name that changes is refused, however it is done."""

from typing import Final

import pytest

from provisioner.changes.refusals.refusal import REFUSAL_MEANINGS, Refusal
from provisioner.changes.refusals.table import RULES
from provisioner.datasets.folder import DatasetFile
from tests.changes.states import at, plan_of, pull, push, refusals, refused, state

OTHERS: Final = tuple(pull(f"other_{number}") for number in range(8))


def test_a_name_that_changes_inside_its_file_is_refused_beside_the_problem_that_it_is() -> None:
    base, head = state(push(), *OTHERS), state(at("push_datasets/visits.yaml", push("returns")), *OTHERS)
    (refusal,) = refused(base, head)
    assert (refusal.refusal, refusal.dataset) == (Refusal.NAME_CHANGED, "returns")
    assert str(refusal.what) == "'visits' becomes 'returns', and its prefix and role cannot be renamed"
    assert [str(step) for step in refusal.steps] == [
        "leave the file of 'visits' as it was, and add 'returns' beside it, as a dataset of its own",
        "once everybody uses 'returns', retire 'visits' with 'status: retired' in another pull request, and delete "
        "its file in a third",
    ]
    assert [problem.rule for problem in plan_of(base, head).problems] == ["name-file"]


def test_a_name_that_changes_together_with_its_file_is_refused_once_and_not_as_a_deletion() -> None:
    base, head = state(pull(), *OTHERS), state(pull("reports", "sealed: true"), *OTHERS)
    assert refusals(base, head) == [(Refusal.NAME_CHANGED, "pull_datasets/reports.yaml:1:1")]
    (refusal,) = refused(base, head)
    assert str(refusal.what) == "'extracts' becomes 'reports', and its bucket cannot be renamed"


def test_the_place_of_a_changed_name_is_its_line() -> None:
    lower = at("pull_datasets/extracts.yaml", pull("reports"))
    moved = type(lower)(lower.file, lower.kind, b"# ours\n\n" + lower.content)
    assert refusals(state(pull()), state(moved)) == [(Refusal.NAME_CHANGED, "pull_datasets/extracts.yaml:3:1")]


@pytest.mark.parametrize(
    "coming",
    [
        push("returns", bucket="target-two"),
        push("returns", users=["alpha_user_two"]),
        pull("visits"),
        pull("returns"),
    ],
)
def test_a_dataset_that_comes_and_is_unlike_it_is_no_new_name_of_a_deleted_one(coming: DatasetFile) -> None:
    head = state(coming, *OTHERS)
    assert refusals(state(push(), *OTHERS), head) == [(Refusal.DELETE_ACTIVE, "push_datasets/visits.yaml:1:1")]


def test_a_copy_under_another_name_beside_it_is_not_refused() -> None:
    assert refusals(state(push()), state(push(), push("returns"))) == []


def test_a_retired_dataset_that_is_deleted_while_one_like_it_comes_is_not_refused() -> None:
    base = state(push("visits", "status: retired"), *OTHERS)
    assert refusals(base, state(push("returns"), *OTHERS)) == []


def test_every_refusal_has_a_meaning() -> None:
    assert set(REFUSAL_MEANINGS) == set(Refusal)


def test_every_rule_says_what_it_refuses() -> None:
    assert all(rule.__doc__ for rule in RULES)
