from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.oracle.deployed import Deployed, deploy
from tests.oracle.sample import SAMPLE, STACK
from tests.oracle.simulator import Simulator


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    """One process for the whole run: it is told each document once."""
    with Simulator() as running:
        yield running


@pytest.fixture(scope="session")
def sample(workspace: Path) -> Deployed:
    """The stack with one of everything, in force."""
    return deploy(SAMPLE, STACK, workspace)
