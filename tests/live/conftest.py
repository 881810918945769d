from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from provisioner.emulator.embedded_aws import EmbeddedAws
from tests.live.stage import FILES, Stage
from tests.support import OURS


@contextmanager
def empty_stage(root: Path, files: Mapping[str, str] = FILES) -> Iterator[Stage]:
    with EmbeddedAws(OURS) as aws:
        yield Stage(aws, root, files)


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


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Stage]:
    """The dataset files and settings of this repository, deployed."""
    root = Path(__file__).parents[2]
    paths = (
        path for pattern in ("Pulumi.yaml", "Pulumi.prod.yaml", "*_datasets/*.yaml") for path in root.glob(pattern)
    )
    files = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    with empty_stage(tmp_path, files) as stage:
        stage.people()
        stage.deploy()
        yield stage
