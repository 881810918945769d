from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from provisioner.emulator.embedded_aws import EmbeddedAws
from tests.live.stage import Stage
from tests.support import OURS


@contextmanager
def empty_stage(root: Path) -> Iterator[Stage]:
    with EmbeddedAws(OURS) as aws:
        yield Stage(aws, root)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Stage]:
    """A checkout, and an AWS in which there is nothing yet."""
    with empty_stage(tmp_path) as stage:
        yield stage


@pytest.fixture
def deployed(bare: Stage) -> Stage:
    """A checkout that is deployed, and everybody whom it names."""
    bare.people()
    bare.deploy()
    return bare


@pytest.fixture(scope="class")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One for all tests of a class: deployed, and one delivery role has lost its policy since."""
    with empty_stage(tmp_path_factory.mktemp("changed")) as stage:
        stage.people()
        stage.deploy()
        stage.aws.client("iam").delete_role_policy(RoleName="export_visits", PolicyName="deliver")
        yield stage
