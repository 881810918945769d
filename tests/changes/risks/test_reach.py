"""How far access reaches."""

import dataclasses
from typing import Final

import pytest

from provisioner.changes.risks.risk import Risk
from tests.changes.states import KNOWN, READER, USER, pull, push, risks, state
from tests.support import OURS, user_arn

TWO: Final = dataclasses.replace(KNOWN, many_datasets=2)
OLD: Final = (pull("alpha"), push("beta"))


def test_a_user_who_comes_to_have_more_datasets_than_is_usual() -> None:
    assert risks(Risk.MANY_DATASETS, state(*OLD, settings=TWO), state(*OLD, push(bucket="b-1"), settings=TWO)) == [
        f"push_datasets/visits.yaml:4:1 '{user_arn(USER)}' then has 3 datasets"
    ]


def test_a_reader_likewise_whatever_the_path_and_the_capitals_of_the_role() -> None:
    old = (pull("alpha", users=["alpha_user_two"]), pull("beta", arns=[f"arn:aws:iam::{OURS}:role/x/{USER}"]))
    reads = pull(users=["alpha_user_three"], arns=[f"arn:aws:iam::{OURS}:role/team/Alpha_User_One"])
    base, head = state(*old, push(), settings=TWO), state(*old, push(), reads, settings=TWO)
    assert risks(Risk.MANY_DATASETS, base, head) == [
        f"pull_datasets/extracts.yaml:3:1 'arn:aws:iam::{OURS}:role/team/Alpha_User_One' then has 3 datasets"
    ]


def test_as_many_as_is_usual_are_none() -> None:
    assert risks(Risk.MANY_DATASETS, state(OLD[0], settings=TWO), state(*OLD, settings=TWO)) == []


def test_who_has_many_and_gains_none_is_none() -> None:
    base = state(*OLD, pull(), settings=TWO)
    for head in (
        state(*OLD, pull("extracts", "sealed: true"), settings=TWO),
        state(*OLD, pull("extracts", "expires: 2027-01-31"), settings=TWO),
        state(*OLD, pull(users=[USER, "alpha_user_two"]), settings=TWO),
    ):
        assert risks(Risk.MANY_DATASETS, base, head) == []


def test_a_user_and_a_role_of_a_name_are_two() -> None:
    old = (pull("alpha"), push("beta"))
    reads = pull(users=["alpha_user_two"], arns=[f"arn:aws:iam::{OURS}:user/{USER}"])
    assert risks(Risk.MANY_DATASETS, state(*old, settings=TWO), state(*old, reads, settings=TWO)) == []


def test_a_pull_request_cannot_raise_what_is_usual_for_itself() -> None:
    head = state(*OLD, pull(), settings=dataclasses.replace(KNOWN, many_datasets=100))
    # Its outside reader has two of them, and its user three.
    assert len(risks(Risk.MANY_DATASETS, state(*OLD, settings=TWO), head)) == 1


@pytest.mark.parametrize("branch", ["push_dataset/visits", "push_datasets/visits"])
def test_access_that_widens_elsewhere_than_the_branch_says(branch: str) -> None:
    base = state(push(), pull("alpha"), pull("beta"))
    wider = [pull(name, arns=[READER, f"{READER}-two"]) for name in ("alpha", "beta")]
    assert risks(Risk.WIDENS_BEYOND, base, state(push("visits", "sealed: true"), *wider), branch=branch) == [
        "pull_datasets/alpha.yaml:1:1 the pull request names 'push_datasets/visits.yaml', and access widens in "
        "'pull_datasets/alpha.yaml' and 1 more too"
    ]


def test_access_that_a_setting_widens_where_one_file_changes() -> None:
    base = state(push(), pull(), settings=dataclasses.replace(KNOWN, account_id="999988887777"))
    assert len(risks(Risk.WIDENS_BEYOND, base, state(push("visits", "sealed: true"), pull()))) == 1


@pytest.mark.parametrize("branch", [None, "push_dataset/", "fix/push_dataset/visits", "pull_dataset/extracts/2"])
def test_a_pull_request_that_names_no_dataset_may_widen_several(branch: str | None) -> None:
    head = state(push(users=[USER, "alpha_user_two"]), pull(users=[USER, "alpha_user_two"]))
    assert risks(Risk.WIDENS_BEYOND, state(push(), pull()), head, branch=branch) == []


def test_access_that_narrows_elsewhere_or_widens_where_it_was_said_is_none() -> None:
    base = state(push(), pull(users=[USER, "alpha_user_two"]))
    head = state(push(users=[USER, "alpha_user_two"]), pull("extracts", "expires: 2027-01-31"))
    assert risks(Risk.WIDENS_BEYOND, base, head, branch="push_dataset/visits") == []


def test_a_dataset_that_is_sealed_no_more() -> None:
    base = state(push("visits", "sealed: true"))
    for head, place in ((state(push()), "1:1"), (state(push("visits", "sealed: false")), "4:1")):
        assert risks(Risk.UNSEALED, base, head) == [
            f"push_datasets/visits.yaml:{place} 'visits' is sealed no more: roles of our own account with rights to "
            "all of S3 reach it"
        ]


def test_a_dataset_that_is_sealed_or_never_was_or_goes_is_none() -> None:
    sealed = push("visits", "sealed: true")
    assert risks(Risk.UNSEALED, state(push()), state(sealed)) == []
    assert risks(Risk.UNSEALED, state(sealed), state(push("visits", "sealed: true", "keep_files: true"))) == []
    assert risks(Risk.UNSEALED, state(sealed), state()) == []
    assert risks(Risk.UNSEALED, state(), state(push())) == []
