"""The file of a dataset that was not retired before is not deleted."""

from typing import Final

from provisioner.changes.refusals.refusal import Refusal
from provisioner.datasets.folder import DatasetFile
from provisioner.datasets.keys import Kind
from tests.changes.states import at, plan_of, pull, push, refusals, refused, state

OTHERS: Final = tuple(pull(f"other_{number}") for number in range(8))
RETIRED: Final = "status: retired"


def test_an_active_dataset_s_file_with_the_steps_to_take() -> None:
    base, head = state(pull(), push(), *OTHERS), state(push(), *OTHERS)
    (refusal,) = refused(base, head)
    assert (refusal.refusal, refusal.file, refusal.dataset) == (
        Refusal.DELETE_ACTIVE,
        "pull_datasets/extracts.yaml",
        "extracts",
    )
    assert [str(step) for step in refusal.steps] == [
        "put 'pull_datasets/extracts.yaml' back with 'status: retired', and have that merged: access ends, the data "
        "stays (to retire it in an earlier commit of the same pull request is not enough)",
        "see that its bucket is empty; then delete the file in a pull request of its own",
    ]


def test_a_push_dataset_has_a_prefix_that_must_be_empty() -> None:
    (refusal,) = refused(state(push(), *OTHERS), state(*OTHERS))
    assert "its prefix is empty" in str(refusal.steps[1])


def test_one_that_was_retired_before_is_not_refused() -> None:
    assert refusals(state(pull("extracts", RETIRED), *OTHERS), state(*OTHERS)) == []


def test_one_that_is_retired_and_deleted_at_once_is_refused_as_the_base_has_it() -> None:
    # Between the two states lies a commit that retires it: nobody looks at that.
    assert refusals(state(pull(), *OTHERS), state(*OTHERS)) == [
        (Refusal.DELETE_ACTIVE, "pull_datasets/extracts.yaml:1:1")
    ]


def test_one_that_is_retired_now_is_not_refused() -> None:
    assert refusals(state(pull(), *OTHERS), state(pull("extracts", RETIRED), *OTHERS)) == []


UNREADABLE: Final = DatasetFile("pull_datasets/extracts.yaml", Kind.PULL, b"status: retired\nname: [\n")


def test_a_file_that_nobody_can_read_may_have_been_of_an_active_dataset() -> None:
    (refusal,) = refused(state(UNREADABLE, push()), state(push()))
    assert (refusal.refusal, refusal.file, refusal.dataset) == (
        Refusal.DELETE_UNREAD,
        "pull_datasets/extracts.yaml",
        None,
    )
    assert [str(step) for step in refusal.steps] == [
        "put it back, mended, with 'status: retired', and have that merged",
        "see that nothing of it is left; then delete the file in a pull request of its own",
    ]


def test_one_that_is_mended_or_stays_as_it_is_or_is_broken_otherwise_is_no_deletion() -> None:
    base = state(UNREADABLE, push())
    otherwise = DatasetFile(UNREADABLE.file, Kind.PULL, b"\xff")
    for file in (pull(), UNREADABLE, otherwise):
        assert refusals(base, state(file, push())) == []


def test_a_second_file_of_a_dataset_that_stays_is_no_deletion_of_it() -> None:
    assert refusals(state(at("push_datasets/copy.yaml", push()), push(), *OTHERS), state(push(), *OTHERS)) == []


def test_a_dataset_without_a_file_of_its_name_can_be_deleted_no_more_than_others() -> None:
    base = state(at("push_datasets/copy.yaml", push()), *OTHERS)
    assert refusals(base, state(*OTHERS)) == [(Refusal.DELETE_ACTIVE, "push_datasets/copy.yaml:1:1")]


def test_a_refusal_says_that_the_plan_cannot_be_merged() -> None:
    assert plan_of(state(pull(), *OTHERS), state(*OTHERS)).refused
    assert not plan_of(state(pull("extracts", RETIRED), *OTHERS), state(*OTHERS)).refused
