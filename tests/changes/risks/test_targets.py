"""Target buckets that change, or that several datasets share."""

from typing import Final

import pytest

from provisioner.changes.risks.risk import Risk
from provisioner.changes.state import State
from provisioner.datasets.folder import DatasetFile
from tests.changes.states import pull, push, risks, state
from tests.support import OTHERS, THEIRS

ACCOUNT: Final = f'bucket_account: "{THEIRS}"'
ANOTHER: Final = f'bucket_account: "{OTHERS}"'


def test_a_target_bucket_that_changes() -> None:
    assert risks(Risk.TARGET_CHANGED, state(push()), state(push(bucket="target-two"))) == [
        "push_datasets/visits.yaml:2:1 the files of 'visits' go to 'target-two', no longer to 'target-one'"
    ]


def test_another_change_of_a_push_dataset_and_a_new_one_change_no_target() -> None:
    head = state(push("visits", "sealed: true"), push("returns"))
    assert risks(Risk.TARGET_CHANGED, state(push()), head) == []


def test_a_new_dataset_for_a_bucket_that_others_use() -> None:
    base = state(push("alpha"), push("beta"))
    assert risks(Risk.TARGET_SHARED, base, state(push("alpha"), push("beta"), push())) == [
        "push_datasets/visits.yaml:2:1 'visits' goes to 'target-one', as does 'alpha' and 1 more"
    ]


def test_a_dataset_that_moves_to_a_bucket_that_another_uses() -> None:
    base = state(push("alpha"), push(bucket="target-two"))
    assert risks(Risk.TARGET_SHARED, base, state(push("alpha"), push())) == [
        "push_datasets/visits.yaml:2:1 'visits' goes to 'target-one', as does 'alpha'"
    ]


def test_two_new_datasets_for_one_bucket_are_each_told_of_the_other() -> None:
    assert len(risks(Risk.TARGET_SHARED, state(), state(push("alpha"), push()))) == 2


def test_datasets_that_shared_a_bucket_before_and_buckets_of_their_own_are_none() -> None:
    base = state(push("alpha"), push())
    head = state(push("alpha"), push("visits", "sealed: true"), push("returns", bucket="target-two"))
    assert risks(Risk.TARGET_SHARED, base, head) == []


def test_a_dataset_that_is_retired_with_another_target_is_one_for_what_is_left_still_goes_there() -> None:
    base = state(push("alpha"), push("beta"), pull())
    head = state(push("alpha"), push("beta", "status: retired", bucket="target-two"), pull())
    assert risks(Risk.TARGET_CHANGED, base, head) == [
        "push_datasets/beta.yaml:2:1 the files of 'beta' go to 'target-two', no longer to 'target-one'"
    ]


def test_one_that_leaves_a_shared_target_shares_none() -> None:
    base = state(push("alpha"), push("beta"))
    assert risks(Risk.TARGET_SHARED, base, state(push("alpha"), push("beta", bucket="target-two"))) == []


def test_a_target_bucket_of_another_account_than_before() -> None:
    assert risks(Risk.TARGET_CHANGED, state(push("visits", ACCOUNT)), state(push("visits", ANOTHER))) == [
        f"push_datasets/visits.yaml:4:1 the files of 'visits' go to 'target-one' in account '{OTHERS}' (not a known "
        f"account), no longer to 'target-one' in account '{THEIRS}' ('Performance Hub')"
    ]


def test_a_target_bucket_that_changes_with_its_account() -> None:
    head = state(push("visits", ANOTHER, bucket="target-two"))
    assert risks(Risk.TARGET_CHANGED, state(push("visits", ACCOUNT)), head) == [
        f"push_datasets/visits.yaml:2:1 the files of 'visits' go to 'target-two' in account '{OTHERS}' (not a known "
        f"account), no longer to 'target-one' in account '{THEIRS}' ('Performance Hub')"
    ]


def test_a_target_bucket_whose_account_alone_changes_comes_to_nobody_anew() -> None:
    base = state(push("alpha"), push("visits", ACCOUNT))
    assert risks(Risk.TARGET_SHARED, base, state(push("alpha"), push("visits", ANOTHER))) == []


@pytest.mark.parametrize("head", [state(push("visits")), state(push("visits", "status: retired"))])
def test_an_account_that_is_named_no_more(head: State) -> None:
    base = state(push("visits", ACCOUNT))
    assert risks(Risk.TARGET_CHANGED, base, head) == []
    assert risks(Risk.TARGET_ACCOUNT_REMOVED, base, head) == [
        f"push_datasets/visits.yaml:2:1 'visits' no longer says that 'target-one' is owned by account '{THEIRS}' "
        "('Performance Hub'): its files go to whoever owns it"
    ]


@pytest.mark.parametrize("before", [(), (push(),), (pull(),), (push("visits", ACCOUNT, "sealed: true"),)])
def test_an_account_that_is_added_or_stays_is_no_risk_of_the_target(before: tuple[DatasetFile, ...]) -> None:
    head = state(push("visits", ACCOUNT))
    assert risks(Risk.TARGET_CHANGED, state(*before), head) == []
    assert risks(Risk.TARGET_ACCOUNT_REMOVED, state(*before), head) == []


def test_a_dataset_that_goes_with_its_account_no_longer_names_one_and_that_is_no_risk() -> None:
    base = state(push("visits", ACCOUNT, "status: retired"), pull())
    assert risks(Risk.TARGET_ACCOUNT_REMOVED, base, state(pull())) == []
