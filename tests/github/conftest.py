from collections.abc import Iterator

import pytest

from provisioner.github.api import GitHub
from tests.github.server import REPOSITORY, TOKEN, FakeGitHub, serving


@pytest.fixture
def server() -> Iterator[FakeGitHub]:
    """A GitHub of the test's own."""
    with serving() as github:
        yield github


@pytest.fixture
def naps() -> list[float]:
    """How long was waited, in seconds, each time; nothing really waits."""
    return []


@pytest.fixture
def github(server: FakeGitHub, naps: list[float]) -> GitHub:
    """Our client of that GitHub."""
    return GitHub(api_url=server.url, repository=REPOSITORY, token=TOKEN, sleep=naps.append)


@pytest.fixture(autouse=True)
def _environment(server: FakeGitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """What GitHub sets for a step, and the token that the step gives."""
    monkeypatch.setenv("GITHUB_API_URL", server.url)
    monkeypatch.setenv("GITHUB_REPOSITORY", REPOSITORY)
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.example")
    monkeypatch.setenv("GITHUB_RUN_ID", "77")
