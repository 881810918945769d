"""A seal: nobody of our account touches the data but whose it is, and the stack can still be managed."""

import dataclasses
from pathlib import Path

import pytest

from provisioner.datasets.model import Catalogue
from tests.oracle.callers import Rank
from tests.oracle.deployed import Deployed, deploy
from tests.oracle.matrix import Cell, Matrix
from tests.oracle.meaning import DATA, MANAGING, WHOLE_BUCKET
from tests.oracle.sample import SAMPLE, STACK
from tests.oracle.simulator import Decision, Simulator

EXPORT = STACK.export_bucket
PLACES = {EXPORT: "alpha/deep/file.csv", "mojap-closed": "file.csv"}
"""The data of the two datasets that are sealed."""


@pytest.fixture(scope="module")
def unsealed(workspace: Path) -> Deployed:
    """The same stack, and no dataset sealed."""
    opened = Catalogue.of(dataclasses.replace(dataset, sealed=False) for dataset in SAMPLE)
    return deploy(opened, STACK, workspace)


@pytest.fixture(scope="module")
def all_sealed(workspace: Path) -> Deployed:
    """The datasets of which no file says that it is sealed, sealed by the settings."""
    opened = Catalogue.of(dataclasses.replace(dataset, sealed=False) for dataset in SAMPLE)
    return deploy(opened, dataclasses.replace(STACK, sealed=True), workspace)


def allowed(simulator: Simulator, deployed: Deployed, rank: Rank, actions: frozenset[str]) -> set[tuple[str, str]]:
    """The buckets and actions of those asked that somebody of that rank may."""
    matrix = Matrix(deployed)
    (caller,) = (caller for caller in matrix.callers if caller.rank is rank)
    cells = [
        Cell(caller=caller, action=action, bucket=bucket, key="" if action in WHOLE_BUCKET | MANAGING else key)
        for bucket, key in PLACES.items()
        for action in sorted(actions)
    ]
    decided = simulator.decide([matrix.request(cell) for cell in cells])
    return {(cell.bucket, cell.action) for cell, one in zip(cells, decided, strict=True) if one is Decision.ALLOWED}


def both(actions: frozenset[str]) -> set[tuple[str, str]]:
    return {(bucket, action) for bucket in PLACES for action in actions}


def test_an_administrator_touches_no_sealed_data(simulator: Simulator, sample: Deployed) -> None:
    assert allowed(simulator, sample, Rank.ADMINISTRATOR, DATA) == set()


def test_without_the_seal_the_administrator_is_let_in(simulator: Simulator, unsealed: Deployed) -> None:
    assert allowed(simulator, unsealed, Rank.ADMINISTRATOR, DATA) == both(DATA)


def test_the_break_glass_role_breaks_every_seal(simulator: Simulator, sample: Deployed) -> None:
    assert allowed(simulator, sample, Rank.BREAK_GLASS, DATA) == both(DATA)


def test_the_role_that_deploys_manages_a_sealed_bucket_and_touches_no_data(
    simulator: Simulator, sample: Deployed
) -> None:
    assert {"s3:PutBucketPolicy", "s3:PutLifecycleConfiguration", "s3:DeleteBucket"} <= MANAGING
    assert allowed(simulator, sample, Rank.DEPLOY, MANAGING) == both(MANAGING)
    assert allowed(simulator, sample, Rank.DEPLOY, DATA) == set()


def test_users_readers_and_delivery_roles_notice_no_seal(
    simulator: Simulator, sample: Deployed, unsealed: Deployed
) -> None:
    """They are granted the same, and the oracle allows each of them what it is granted, sealed or not."""
    for deployed in (sample, unsealed):
        matrix = Matrix(deployed)
        named = [cell for cell in matrix.ends() if cell.bucket in PLACES]
        assert {cell.caller.arn.rpartition("/")[2] for cell in named} >= {
            *("alpha_user_one", "alpha_user_two", "export_alpha", "button_58240")
        }
        assert matrix.disagreements(simulator, named) == []


def test_the_setting_seals_what_no_file_seals(simulator: Simulator, all_sealed: Deployed) -> None:
    matrix = Matrix(all_sealed)
    staff = [cell for cell in matrix.whole() if cell.caller.rank is not Rank.GRANTED]
    assert matrix.disagreements(simulator, [*staff, *matrix.ends()]) == []
    assert allowed(simulator, all_sealed, Rank.ADMINISTRATOR, DATA) == set()
