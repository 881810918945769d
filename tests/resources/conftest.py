from collections.abc import Iterator

import pytest

from tests.resources.quick_zip import routes_alone_in_the_zip


@pytest.fixture
def routes_alone() -> Iterator[None]:
    """The forwarder's zip holds its routes and nothing else."""
    with routes_alone_in_the_zip():
        yield


@pytest.fixture
def no_text_of_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """An output that is made a text, which is a mistake that is easily made, raises an error."""
    monkeypatch.setenv("PULUMI_ERROR_OUTPUT_STRING", "true")
