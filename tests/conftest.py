import gc
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from provisioner.emulator.embedded_aws import EmbeddedAws

# How long an example takes says how busy the machine is: the first of all also builds Unicode tables. Each run thinks
# of other examples, so that fewer in each cost little over the weeks.
QUICK = [HealthCheck.too_slow]
settings.register_profile("repository", max_examples=50, deadline=None, suppress_health_check=QUICK)
settings.load_profile("repository")

# Where a shell starts the tests in the background, Ctrl-C is ignored, and all that they start inherits that: the
# programs that tests end so would never end.
signal.signal(signal.SIGINT, signal.default_int_handler)

GARBAGE = 20_000
"""Objects after which the young ones are looked through; Python says 700."""


def pytest_collection_finish() -> None:
    """Leave the half million objects of what is imported out of every later look for garbage, and look less often.

    The packages of the providers stay as long as the process: to walk through them again and again took a third of the
    time of the tests that run the program.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, 20, 20)


@pytest.fixture(scope="session")
def embedded_aws() -> Iterator[EmbeddedAws]:
    """One emulator for the whole run. Tests share it, so each takes names that no other test uses."""
    with EmbeddedAws() as aws:
        yield aws


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the forwarder's zip."""
    return tmp_path_factory.mktemp("workspace")
