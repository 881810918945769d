"""Accounts that data comes to and that nobody knows, or nobody has sent data to before."""

import dataclasses
from typing import Final

import pytest

from provisioner.changes.risks.risk import Risk
from provisioner.changes.state import State
from tests.changes.states import KNOWN, READER, pull, push, risks, state
from tests.support import OTHERS, OURS, OWN_ROLE, THEIRS

UNKNOWN: Final = f"arn:aws:iam::{OTHERS}:role/reader"
KEY: Final = f"kms_key_arn: arn:aws:kms:eu-west-2:{OTHERS}:key/1a2b"
OWNER: Final = f'bucket_account: "{OTHERS}"'
KNOWN_OWNER: Final = f'bucket_account: "{THEIRS}"'
KNOWN_KEY: Final = f"kms_key_arn: arn:aws:kms:eu-west-2:{THEIRS}:key/1a2b"


def test_a_reader_of_an_account_that_the_settings_do_not_know() -> None:
    assert risks(Risk.ACCOUNT_UNKNOWN, state(pull()), state(pull(arns=[READER, UNKNOWN]))) == [
        f"pull_datasets/extracts.yaml:3:1 'extracts' gives access to account '{OTHERS}', which the settings do not "
        "know and no dataset has named before"
    ]


def test_an_unknown_account_that_a_dataset_has_named_before_is_called_out_and_not_called_new() -> None:
    before = pull("before", arns=[UNKNOWN])
    assert risks(Risk.ACCOUNT_UNKNOWN, state(before), state(before, pull(arns=[UNKNOWN]))) == [
        f"pull_datasets/extracts.yaml:3:1 'extracts' gives access to account '{OTHERS}', which the settings do not know"
    ]


def test_an_unknown_account_whose_access_is_prolonged() -> None:
    base = state(pull("extracts", "expires: 2027-01-31", arns=[UNKNOWN]))
    assert len(risks(Risk.ACCOUNT_UNKNOWN, base, state(pull(arns=[UNKNOWN])))) == 1


def test_a_known_account_that_no_dataset_has_named_before() -> None:
    assert risks(Risk.ACCOUNT_NEW, state(push()), state(push(), pull())) == [
        f"pull_datasets/extracts.yaml:3:1 'extracts' is the first dataset that gives access to account '{THEIRS}' "
        "('Performance Hub')"
    ]


def test_an_account_that_the_pull_request_itself_makes_known_is_still_new() -> None:
    nobody = dataclasses.replace(KNOWN, known_accounts={})
    assert len(risks(Risk.ACCOUNT_NEW, state(settings=nobody), state(pull()))) == 1


def test_the_account_of_a_target_s_key() -> None:
    head = state(push("visits", KEY), push("returns", KNOWN_KEY))
    assert risks(Risk.ACCOUNT_UNKNOWN, state(push()), head) == [
        f"push_datasets/visits.yaml:4:1 'visits' delivers under a key of account '{OTHERS}', which the settings do not "
        "know and no dataset has named before"
    ]
    assert risks(Risk.ACCOUNT_NEW, state(push()), head) == [
        "push_datasets/returns.yaml:4:1 'returns' is the first dataset that delivers under a key of account "
        f"'{THEIRS}' ('Performance Hub')"
    ]


def test_the_account_of_a_target_bucket() -> None:
    head = state(push("visits", OWNER), push("returns", KNOWN_OWNER, bucket="target-two"))
    assert risks(Risk.ACCOUNT_UNKNOWN, state(push()), head) == [
        f"push_datasets/visits.yaml:4:1 'visits' delivers to a bucket of account '{OTHERS}', which the settings do not "
        "know and no dataset has named before"
    ]
    assert risks(Risk.ACCOUNT_NEW, state(push()), head) == [
        "push_datasets/returns.yaml:4:1 'returns' is the first dataset that delivers to a bucket of account "
        f"'{THEIRS}' ('Performance Hub')"
    ]


def test_a_bucket_s_account_has_been_named_for_a_reader_too() -> None:
    before = push("visits", KNOWN_OWNER)
    assert risks(Risk.ACCOUNT_NEW, state(before), state(before, pull())) == []


def test_a_key_in_the_bucket_s_own_account_is_called_out_once() -> None:
    assert risks(Risk.ACCOUNT_UNKNOWN, state(), state(push("visits", OWNER, KEY))) == [
        f"push_datasets/visits.yaml:4:1 'visits' delivers to a bucket of account '{OTHERS}', which the settings do not "
        "know and no dataset has named before"
    ]


def test_a_key_s_account_has_been_named_for_a_reader_too() -> None:
    before = push("visits", KNOWN_KEY)
    assert risks(Risk.ACCOUNT_NEW, state(before), state(before, pull())) == []


def test_a_key_s_account_counts_as_named_beside_the_readers_of_others() -> None:
    before = state(push("visits", KEY), pull())
    after = state(push("visits", KEY), pull(), push("returns", KEY))
    assert risks(Risk.ACCOUNT_UNKNOWN, before, after) == [
        f"push_datasets/returns.yaml:4:1 'returns' delivers under a key of account '{OTHERS}', which the settings do "
        "not know"
    ]


@pytest.mark.parametrize(
    "head",
    [
        state(pull("extracts", "description: more words", arns=[UNKNOWN]), push("visits", KEY, "sealed: true")),
        state(pull(arns=[UNKNOWN], users=["alpha_user_two"]), push("visits", KEY)),
        state(pull(arns=[UNKNOWN, OWN_ROLE]), push("visits", f"kms_key_arn: arn:aws:kms:eu-west-2:{OURS}:key/1a2b")),
        state(pull("extracts", "expires: 2027-01-31", arns=[UNKNOWN]), push("visits")),
        state(pull("extracts", "status: retired", arns=[UNKNOWN]), push("visits", KEY, "status: retired")),
    ],
)
def test_where_no_other_account_gains_anything_there_is_none(head: State) -> None:
    base = state(pull(arns=[UNKNOWN]), push("visits", KEY))
    assert risks(Risk.ACCOUNT_UNKNOWN, base, head) == []
    assert risks(Risk.ACCOUNT_NEW, base, head) == []


@pytest.mark.parametrize("more", [("sealed: true",), ("status: retired",), ("description: more words", KEY)])
def test_a_target_that_stays_in_its_account_brings_nothing_to_another(more: tuple[str, ...]) -> None:
    base, head = state(push("visits", OWNER)), state(push("visits", OWNER, *more))
    assert risks(Risk.ACCOUNT_UNKNOWN, base, head) == []


def test_a_dataset_that_is_active_again_delivers_to_its_account_again() -> None:
    base = state(push("visits", OWNER, "status: retired"))
    assert len(risks(Risk.ACCOUNT_UNKNOWN, base, state(push("visits", OWNER)))) == 1
