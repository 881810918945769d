"""Datasets that are retired or deleted."""

from provisioner.changes.risks.risk import Risk
from tests.changes.states import pull, push, risks, state

RETIRED = "status: retired"


def test_a_dataset_that_is_retired() -> None:
    assert risks(Risk.DATASET_RETIRED, state(pull()), state(pull("extracts", RETIRED))) == [
        "pull_datasets/extracts.yaml:3:1 'extracts' is retired: outside access and user writes end, the data stays"
    ]


def test_retired_ones_that_are_deleted_pull_and_push() -> None:
    base = state(pull("extracts", RETIRED), push("visits", RETIRED))
    assert risks(Risk.DATASET_DELETED, base, state()) == [
        "pull_datasets/extracts.yaml:1:1 'extracts' is deleted, with its bucket: AWS refuses that unless it is empty",
        "push_datasets/visits.yaml:1:1 'visits' is deleted: nobody looks after what is left under its prefix",
    ]


def test_one_that_stays_retired_or_is_active_again_or_comes_retired_is_none() -> None:
    retired = state(pull("extracts", RETIRED))
    for base, head in (
        (retired, state(pull("extracts", RETIRED, "sealed: true"))),
        (retired, state(pull())),
        (state(), retired),
    ):
        assert risks(Risk.DATASET_RETIRED, base, head) == risks(Risk.DATASET_DELETED, base, head) == []


def test_an_active_one_that_is_deleted_is_refused_and_not_a_risk() -> None:
    assert risks(Risk.DATASET_DELETED, state(pull()), state()) == []
