"""Who is let in."""

from pathlib import Path

import pytest

from exporter.serve.guard import Guard, token_of
from provisioner.failure import UsageError

TOKEN = "0123456789abcdef"


@pytest.mark.parametrize("given", [None, "", TOKEN[:-1], f"{TOKEN} ", "0123456789abcdeF", "é"])
def test_nothing_but_the_token_is_the_token(given: str | None) -> None:
    assert not Guard(token=TOKEN, local=True).admits(given)
    assert Guard(token=TOKEN, local=True).admits(TOKEN)


def test_the_token_does_not_stand_in_what_is_printed_of_a_guard() -> None:
    assert TOKEN not in repr(Guard(token=TOKEN, local=True))


@pytest.mark.parametrize("host", ["localhost:8002", "127.0.0.1", "[::1]:8002"])
def test_this_machine_by_its_own_names_is_not_suspected(host: str) -> None:
    assert not Guard(token=None, local=True).suspects(host, None)


def test_a_name_that_was_made_to_point_here_is_suspected_of_a_service_for_this_machine() -> None:
    assert Guard(token=None, local=True).suspects("rebound.example:8002", None)
    assert not Guard(token=None, local=False).suspects("data-export:8002", None)


def test_a_page_of_another_site_is_suspected_unless_it_needs_the_token() -> None:
    assert Guard(token=None, local=False).suspects("data-export:8002", "https://another.example")
    assert not Guard(token=TOKEN, local=False).suspects("data-export:8002", "https://another.example")


def test_the_file_goes_before_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    environ = {"EXPORTER_TOKEN": "of-the-environment"}
    assert token_of(file, environ) == TOKEN
    assert token_of(None, environ) == "of-the-environment"
    assert token_of(None, {}) is None


@pytest.mark.parametrize("text", ["", "short", "with a space in it", "umlauts-are-nö-good"])
def test_a_token_that_is_none_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        token_of(None, {"EXPORTER_TOKEN": text})
    assert "EXPORTER_TOKEN: a token is" in str(refused.value)
    assert not text or text not in str(refused.value)
