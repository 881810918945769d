"""How many datasets one pull request may retire or delete, and what approves more."""

import dataclasses
import datetime
from typing import Final

import pytest

from provisioner.changes.refusals.refusal import Refusal
from provisioner.changes.state import State
from provisioner.datasets.folder import DatasetFile
from provisioner.settings import Settings
from tests.changes.states import KNOWN, TODAY, plan_of, pull, refused, state


def several(count: int, *, retired: int = 0) -> list[DatasetFile]:
    """Pull datasets, the first of them retired."""
    return [pull(f"d{number:03}", "status: retired" if number < retired else "") for number in range(count)]


def refuses(base: State, head: State) -> bool:
    return any(refusal.refusal is Refusal.MANY_REMOVALS for refusal in refused(base, head))


def limited(*, max_removals: int = 10_000, max_removals_percent: int = 100) -> Settings:
    return dataclasses.replace(KNOWN, max_removals=max_removals, max_removals_percent=max_removals_percent)


@pytest.mark.parametrize(("retired", "expected"), [(3, False), (4, True)])
def test_max_removals_is_the_most(retired: int, expected: bool) -> None:
    limit = limited(max_removals=3)
    base, head = (state(*several(20, retired=some), settings=limit) for some in (0, retired))
    assert refuses(base, head) is expected


@pytest.mark.parametrize(
    ("count", "percent", "retired", "expected"),
    [(20, 25, 5, False), (20, 25, 6, True), (19, 25, 4, False), (19, 25, 5, True), (3, 1, 1, False), (3, 1, 2, True)],
)
def test_so_is_the_share_rounded_down_but_one_is_always_allowed(
    count: int, percent: int, retired: int, expected: bool
) -> None:
    limit = limited(max_removals_percent=percent)
    base, head = (state(*several(count, retired=some), settings=limit) for some in (0, retired))
    assert refuses(base, head) is expected


def test_the_smaller_of_both_counts() -> None:
    limit = limited(max_removals=2, max_removals_percent=50)
    base, head = (state(*several(10, retired=some), settings=limit) for some in (0, 3))
    (refusal,) = refused(base, head)
    assert str(refusal.what) == (
        "3 of 10 datasets are retired or deleted at once, 3 of them without approval; the settings before this pull "
        "request allow 2"
    )


@pytest.mark.parametrize(("before", "after", "expected"), [(1, 100, True), (100, 1, False)])
@pytest.mark.parametrize("name", ["max_removals", "max_removals_percent"])
def test_a_pull_request_cannot_raise_its_own_limit(name: str, before: int, after: int, expected: bool) -> None:
    base = state(*several(10), settings=limited(**{name: before}))
    head = state(*several(10, retired=3), settings=limited(**{name: after}))
    assert refuses(base, head) is expected


def test_deletions_and_retirements_count_together() -> None:
    limit = limited(max_removals=3)
    base = state(*several(10, retired=2), settings=limit)
    deleted_two_retired_two = state(*several(10, retired=4)[2:], settings=limit)
    assert refuses(base, deleted_two_retired_two)
    assert not refuses(base, state(*several(10, retired=3)[2:], settings=limit))


def test_active_datasets_that_are_deleted_count_too() -> None:
    limit = limited(max_removals=3)
    assert refuses(state(*several(10), settings=limit), state(*several(10)[4:], settings=limit))


def test_what_changes_otherwise_or_is_active_again_does_not_count() -> None:
    base = state(*several(4, retired=4), settings=limited(max_removals=1))
    assert not refuses(base, state(*several(4), settings=limited(max_removals=1)))


def approving(*names: str, until: datetime.date = TODAY) -> bytes:
    lines = (
        f"  - dataset: pull_datasets/{name}.yaml\n    approved_by: Jane Doe\n    until: {until}\n    reason: ended\n"
        for name in names
    )
    return ("removals:\n" + "".join(lines)).encode()


BASE: Final = state(*several(10), settings=limited(max_removals=1))


def with_approvals(approvals: bytes) -> State:
    return state(*several(10, retired=3), settings=limited(max_removals=1), approvals=approvals)


def test_what_is_approved_does_not_count_up_to_its_last_day() -> None:
    assert not refuses(BASE, with_approvals(approving("d000", "d001")))
    assert not plan_of(BASE, with_approvals(approving("d000", "d001"))).refused


def test_what_is_not_approved_counts_as_before() -> None:
    (refusal,) = refused(BASE, with_approvals(approving("d001")))
    assert str(refusal.what) == (
        "3 of 10 datasets are retired or deleted at once, 2 of them without approval; the settings before this pull "
        "request allow 1"
    )
    assert refusal.file == "pull_datasets/d000.yaml"


def test_an_approval_of_another_dataset_helps_nothing() -> None:
    assert refuses(BASE, with_approvals(approving("d007", "d008")))


def test_the_steps_say_how_approvals_are_written() -> None:
    (refusal,) = refused(BASE, with_approvals(b"removals: []\n"))
    assert [str(step) for step in refusal.steps] == [
        "if they are not all meant, put the others back; or remove them in several pull requests",
        "if they are, list each in approvals.yaml under 'removals:', with four lines: 'dataset:' and its file, such "
        "as 'pull_datasets/d000.yaml'; 'approved_by:' and who answers for it; 'until:' and the last day on which that "
        "counts; 'reason:' and why",
    ]


def test_an_approval_that_has_come_to_its_end_helps_nothing_and_is_named() -> None:
    yesterday = TODAY - datetime.timedelta(days=1)
    (refusal,) = refused(BASE, with_approvals(approving("d000", "d001", until=yesterday)))
    assert str(refusal.steps[2]) == (
        f"renew the approval of 'pull_datasets/d000.yaml', which counted until '{yesterday}' and 1 more"
    )
    assert refusal.file == "pull_datasets/d000.yaml"


def test_an_approval_in_the_base_counts_only_while_it_stands() -> None:
    base = dataclasses.replace(BASE, approvals=approving("d000", "d001"))
    assert refuses(base, with_approvals(b"removals: []\n"))
