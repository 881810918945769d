from collections.abc import Iterator

import pytest

from provisioner.emulator.embedded_aws import EmbeddedAws


@pytest.fixture(scope="session")
def embedded_aws() -> Iterator[EmbeddedAws]:
    """One emulator for the whole run. Tests share it, so each takes names that no other test uses."""
    with EmbeddedAws() as aws:
        yield aws
