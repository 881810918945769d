"""Everybody, everything, everywhere: what the grants say is allowed is allowed, and everything else is denied."""

from pathlib import Path
from typing import Final

import pytest
from hypothesis import Phase, given
from hypothesis import settings as run

from provisioner.access.check import check
from provisioner.datasets.folder import read_folders
from provisioner.datasets.model import Catalogue
from provisioner.settings import Settings, load_settings
from tests.datasets.cases import EXAMPLES, check_case
from tests.oracle.deployed import deploy
from tests.oracle.matrix import Matrix
from tests.oracle.simulator import Simulator
from tests.support import catalogues, stack_settings

STACK: Final = stack_settings(repository="example-org/exports")
REPOSITORY: Final = Path(__file__).parents[2]
"""The checkout whose datasets are the examples of the README."""
EXAMPLE_CASES: Final = ("every_key_of_a_push_dataset", "every_key_of_a_pull_dataset", "reader_in_our_own_account")
"""What the repository's own datasets do not show."""


def checkout(root: Path) -> tuple[Catalogue, Settings]:
    """The datasets of a checkout and the settings of its stack."""
    settings, _ = load_settings(root, "prod")
    assert settings is not None
    files, found = read_folders(root)
    checked = check(files, found, settings, today=None)
    assert checked.problems == ()
    return checked.catalogue, settings


def test_the_repositorys_own_datasets(simulator: Simulator, workspace: Path) -> None:
    matrix = Matrix(deploy(*checkout(REPOSITORY), workspace))
    assert matrix.disagreements(simulator, [*matrix.whole(), *matrix.ends(), *matrix.connections()]) == []


@pytest.mark.parametrize("case", EXAMPLE_CASES)
def test_an_example_of_what_a_file_may_say(simulator: Simulator, workspace: Path, case: str) -> None:
    some = check_case(EXAMPLES / "valid" / case).catalogue
    matrix = Matrix(deploy(some, STACK, workspace))
    assert matrix.disagreements(simulator, [*matrix.whole(), *matrix.ends(), *matrix.connections()]) == []


@given(some=catalogues(2))
@run(max_examples=3, phases=[Phase.generate])
def test_any_catalogue(simulator: Simulator, workspace: Path, some: Catalogue) -> None:
    matrix = Matrix(deploy(some, STACK, workspace))
    assert matrix.disagreements(simulator, [*matrix.whole(), *matrix.ends(), *matrix.connections()]) == []
