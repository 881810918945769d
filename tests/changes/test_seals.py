"""Datasets whose seal comes or goes."""

import dataclasses
from typing import Final

from provisioner.changes.risks.risk import Risk
from provisioner.changes.state import State
from provisioner.datasets.folder import DatasetFile
from tests.changes.states import KNOWN, plan_of, pull, push, risks, state

SEALED: Final = "sealed: true"
ALL: Final = dataclasses.replace(KNOWN, sealed=True)


def seals(base: State, head: State) -> list[tuple[str, bool]]:
    return [(seal.dataset.file, seal.sealed) for seal in plan_of(base, head).seals]


def test_a_file_that_seals_and_one_that_unseals() -> None:
    found = seals(state(push(), pull("extracts", SEALED)), state(push("visits", SEALED), pull()))
    assert found == [("pull_datasets/extracts.yaml", False), ("push_datasets/visits.yaml", True)]


def test_a_setting_seals_what_was_not_sealed() -> None:
    files: tuple[DatasetFile, ...] = (push(), pull("extracts", SEALED))
    assert seals(state(*files), state(*files, settings=ALL)) == [("push_datasets/visits.yaml", True)]


def test_a_setting_that_goes_is_a_risk_in_each_dataset_that_it_sealed() -> None:
    files = (push(), pull("extracts", SEALED))
    base, head = state(*files, settings=ALL), state(*files)
    assert seals(base, head) == [("push_datasets/visits.yaml", False)]
    assert [found.split()[0] for found in risks(Risk.UNSEALED, base, head)] == ["push_datasets/visits.yaml:1:1"]


def test_a_dataset_that_comes_sealed_or_stays_so_changes_nothing() -> None:
    assert seals(state(pull("extracts", SEALED)), state(pull("extracts", SEALED), push("visits", SEALED))) == []


def test_a_seal_changes_the_policy_of_the_bucket() -> None:
    changed = {
        (one.type.rpartition(":")[2], one.name)
        for one in plan_of(state(push()), state(push("visits", SEALED))).resources
    }
    assert ("BucketPolicy", "mojap-hub-exports") in changed
