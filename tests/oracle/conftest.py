from collections.abc import Iterator

import pytest

from tests.oracle.simulator import Simulator


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    """One process for the whole run: it is told each document once."""
    with Simulator() as running:
        yield running
