"""What was agreed: the paperwork, and until when."""

import dataclasses

import pytest

from provisioner.changes.risks.risk import Risk
from provisioner.datasets.folder import DatasetFile
from tests.changes.states import USER, pull, push, risks, state


def agreed(*agreements: str, users: tuple[str, ...] = (USER,)) -> DatasetFile:
    """A pull dataset under some agreements."""
    return pull("extracts", "paperwork:", *(f"  - {agreement}" for agreement in agreements), users=users)


def without_paperwork(file: DatasetFile) -> DatasetFile:
    return dataclasses.replace(file, content=file.content.replace(b"paperwork: agreement-1\n", b""))


def test_an_agreement_that_is_no_longer_named() -> None:
    assert risks(Risk.PAPERWORK_REMOVED, state(agreed("one", "two")), state(agreed("two"))) == [
        "pull_datasets/extracts.yaml:2:1 'extracts' no longer names the agreement 'one'"
    ]


def test_the_last_one_that_is_no_longer_named_has_no_line_of_its_own() -> None:
    assert risks(Risk.PAPERWORK_REMOVED, state(pull()), state(without_paperwork(pull()))) == [
        "pull_datasets/extracts.yaml:1:1 'extracts' no longer names the agreement 'agreement-1'"
    ]


def test_one_in_whose_place_another_is_named() -> None:
    assert len(risks(Risk.PAPERWORK_REMOVED, state(agreed("one")), state(agreed("two", "three")))) == 1


def test_one_that_is_added_or_stays_or_goes_with_its_dataset_is_none() -> None:
    base = state(agreed("one"))
    for head in (state(agreed("one", "two")), state(pull("extracts", "paperwork: one", "sealed: true")), state()):
        assert risks(Risk.PAPERWORK_REMOVED, base, head) == []


def test_a_dataset_that_comes_without_an_agreement() -> None:
    assert risks(Risk.PAPERWORK_MISSING, state(), state(without_paperwork(push()))) == [
        "push_datasets/visits.yaml:1:1 'visits' names no data-sharing agreement"
    ]


def test_a_dataset_without_an_agreement_that_somebody_gains_something_in() -> None:
    base = state(without_paperwork(pull()))
    head = state(without_paperwork(pull(users=[USER, "alpha_user_two"])))
    assert risks(Risk.PAPERWORK_MISSING, base, head) == [
        "pull_datasets/extracts.yaml:1:1 'extracts' names no data-sharing agreement"
    ]


def test_one_that_nobody_gains_anything_in_or_that_names_an_agreement_is_none() -> None:
    base = state(without_paperwork(pull(users=[USER, "alpha_user_two"])))
    assert risks(Risk.PAPERWORK_MISSING, base, state(without_paperwork(pull()))) == []
    assert risks(Risk.PAPERWORK_MISSING, base, state(pull(users=[USER, "alpha_user_three"]))) == []


def ends(date: str | None) -> DatasetFile:
    return pull("extracts", f"expires: {date}") if date else pull()


def test_an_end_that_is_taken_away() -> None:
    assert risks(Risk.EXPIRES_REMOVED, state(ends("2027-01-31")), state(ends(None))) == [
        "pull_datasets/extracts.yaml:1:1 access to 'extracts' ended with '2027-01-31', and no longer ends"
    ]


def test_an_end_that_is_put_off() -> None:
    assert risks(Risk.EXPIRES_LATER, state(ends("2027-01-31")), state(ends("2027-02-01"))) == [
        "pull_datasets/extracts.yaml:3:1 access to 'extracts' ends with '2027-02-01', no longer with '2027-01-31'"
    ]


@pytest.mark.parametrize(
    ("before", "after"), [("2027-01-31", "2027-01-30"), (None, "2027-01-31"), ("2027-01-31", "'2027-01-31'")]
)
def test_an_end_that_comes_sooner_or_at_last_or_stays_is_none(before: str | None, after: str) -> None:
    base, head = state(ends(before)), state(ends(after))
    assert risks(Risk.EXPIRES_LATER, base, head) == risks(Risk.EXPIRES_REMOVED, base, head) == []


def test_a_new_dataset_without_an_end_is_none() -> None:
    assert risks(Risk.EXPIRES_REMOVED, state(), state(ends(None))) == []
