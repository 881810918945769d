from pathlib import Path

import pytest

from provisioner.forwarder.routes import Routes
from provisioner.resources import forwarder_zip


@pytest.fixture
def routes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The forwarder's zip holds its routes and nothing else: the whole takes a moment to build."""

    def build(routes: Routes) -> bytes:
        return routes.to_json().encode()

    monkeypatch.setattr(forwarder_zip, "build", build)


@pytest.fixture
def no_text_of_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """An output that is made a text, which is a mistake that is easily made, raises an error."""
    monkeypatch.setenv("PULUMI_ERROR_OUTPUT_STRING", "true")


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the forwarder's zip."""
    return tmp_path_factory.mktemp("workspace")
