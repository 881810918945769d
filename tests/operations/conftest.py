from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioner.emulator.embedded_aws import EmbeddedAws
from tests.operations.stage import Operations
from tests.support import OURS


@pytest.fixture(scope="session")
def emulator() -> Iterator[EmbeddedAws]:
    """An AWS whose own account is that of the stage."""
    with EmbeddedAws(OURS) as aws:
        yield aws


@pytest.fixture
def stage(emulator: EmbeddedAws, tmp_path: Path) -> Iterator[Operations]:
    """A stack with nothing in it; it is taken down afterwards."""
    made = Operations(emulator, tmp_path)
    yield made
    made.take_down()
