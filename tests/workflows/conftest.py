from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.github.server import FakeGitHub, serving
from tests.workflows.machine import compiled
from tests.workflows.runner import Runner
from tests.workflows.scratch import ROOT, Scratch


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """This project as a repository of one commit; tests change copies of it."""
    return Scratch.make(tmp_path_factory.mktemp("project") / "origin")


@pytest.fixture(scope="session")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project's provisioner, compiled once: each machine has a checkout of its own, and would compile it anew."""
    folder = tmp_path_factory.mktemp("bytecode")
    compiled(ROOT, folder)
    return folder


@pytest.fixture
def scratch(project: Scratch, tmp_path: Path) -> Scratch:
    """The repository on GitHub, of the test's own."""
    return project.copy(tmp_path / "origin")


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """The rest of GitHub."""
    with serving() as server:
        yield server


@pytest.fixture
def runner(scratch: Scratch, github: FakeGitHub, bytecode: Path, tmp_path: Path) -> Runner:
    """What runs the workflows."""
    return Runner(folder=tmp_path / "runner", origin=scratch, github=github, bytecode=bytecode)
