"""Readers in other accounts who gain write."""

import pytest

from provisioner.changes.risks.risk import Risk
from tests.changes.states import READER, pull, risks, state
from tests.support import OWN_ROLE

GAINS = f"'{READER}' gains write to the bucket of 'extracts'"


def test_a_reader_who_may_write_from_now_on() -> None:
    found = risks(Risk.OUTSIDE_WRITE, state(pull()), state(pull("extracts", "allow_push: true")))
    assert found == [f"pull_datasets/extracts.yaml:3:1 {GAINS}"]


def test_each_reader_who_comes_to_a_dataset_that_lets_its_readers_write() -> None:
    head = state(pull("extracts", "allow_push: true", arns=[f"{READER}-two", READER]))
    assert risks(Risk.OUTSIDE_WRITE, state(), head) == [
        f"pull_datasets/extracts.yaml:3:1 {GAINS}",
        f"pull_datasets/extracts.yaml:3:1 '{READER}-two' gains write to the bucket of 'extracts'",
    ]


def test_a_reader_of_a_dataset_that_is_active_again() -> None:
    base = state(pull("extracts", "allow_push: true", "status: retired"))
    head = state(pull("extracts", "allow_push: true"))
    assert len(risks(Risk.OUTSIDE_WRITE, base, head)) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["allow_push: true"], ["allow_push: false"]),
        (["allow_push: true"], ["allow_push: true", "description: more words"]),
        (["allow_push: true", "expires: 2027-01-31"], ["allow_push: true"]),
        ([], ["bucket_versioning: true"]),
        ([], ["allow_push: true", "status: retired"]),
    ],
)
def test_who_loses_write_or_had_it_or_gains_something_else_is_none(before: list[str], after: list[str]) -> None:
    assert risks(Risk.OUTSIDE_WRITE, state(pull("extracts", *before)), state(pull("extracts", *after))) == []


def test_a_reader_in_our_own_account_is_none() -> None:
    head = state(pull("extracts", "allow_push: true", arns=[OWN_ROLE]))
    assert risks(Risk.OUTSIDE_WRITE, state(), head) == []


def test_a_user_is_none() -> None:
    assert risks(Risk.OUTSIDE_WRITE, state(pull()), state(pull(users=["alpha_user_one", "alpha_user_two"]))) == []
