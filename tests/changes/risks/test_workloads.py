"""Readers outside AWS who gain access."""

from typing import Final

from provisioner.changes.risks.risk import Risk
from provisioner.datasets.folder import DatasetFile
from tests.changes.states import pull, risks, state

GOOGLE: Final = ("103456789012345678901", "https://data-exports.example.com")
AZURE: Final = (
    "1a2b3c4d-0000-1111-2222-333344445555",
    "api://5e6f7a8b-0000-1111-2222-333344445555",
    "9c0d1e2f-0000-1111-2222-333344445555",
)


def outside(name: str = "extracts", *more: str, audience: str = GOOGLE[1], azure: bool = False) -> DatasetFile:
    lines = [
        f'pull_google: [{{service_account_id: "{GOOGLE[0]}", audience: "{audience}"}}]',
        f"pull_azure: [{{tenant: {AZURE[0]}, audience: {AZURE[1]!r}, object_id: {AZURE[2]}}}]" if azure else "",
    ]
    return pull(name, *lines, *more)


def test_one_that_no_dataset_has_let_in_before() -> None:
    assert risks(Risk.WORKLOAD_NEW, state(pull()), state(outside(azure=True))) == [
        "pull_datasets/extracts.yaml:3:1 'extracts' is the first dataset that lets in the Google service account "
        f"'{GOOGLE[0]}' (audience '{GOOGLE[1]}')",
        f"pull_datasets/extracts.yaml:4:1 'extracts' is the first dataset that lets in the identity '{AZURE[2]}' of "
        f"the Azure tenant '{AZURE[0]}' (audience '{AZURE[1]}')",
    ]


def test_another_audience_is_another_reader() -> None:
    base = state(outside())
    assert len(risks(Risk.WORKLOAD_NEW, base, state(outside(), outside("more", audience="https://b.example")))) == 1


def test_one_that_another_dataset_lets_in_already_is_none() -> None:
    assert risks(Risk.WORKLOAD_NEW, state(outside()), state(outside(), outside("more"))) == []


def test_one_who_goes_is_none() -> None:
    assert risks(Risk.WORKLOAD_NEW, state(outside(azure=True)), state(outside())) == []


def test_one_who_gains_write() -> None:
    assert risks(Risk.OUTSIDE_WRITE, state(outside()), state(outside("extracts", "allow_push: true")))[-1].endswith(
        f"the Google service account '{GOOGLE[0]}' (audience '{GOOGLE[1]}') gains write to the bucket of 'extracts'"
    )


def test_our_own_account_is_not_taken_for_theirs() -> None:
    found = risks(Risk.ACCOUNT_UNKNOWN, state(pull()), state(outside())) + risks(
        Risk.ACCOUNT_NEW, state(pull()), state(outside())
    )
    assert found == []
