"""One issue: opened when something is wrong, edited while it is, closed once it is not, and another the next time."""

from pathlib import Path

import pytest

from provisioner.github.issue import main
from tests.github.server import BOT, FakeGitHub

MARK = "<!-- provisioner: drift -->\n"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    return tmp_path / "drift.md"


def raise_issue(text: Path, words: str) -> int:
    text.write_text(words, encoding="utf-8")
    return main(["raise", "--about", "drift", "--title", "AWS has drifted", str(text)])


def close() -> int:
    return main(["close", "--about", "drift"])


def states(server: FakeGitHub) -> list[tuple[str, str]]:
    return [(issue["state"], issue["body"]) for issue in server.issues]


def test_it_is_opened_once_and_edited_in_place_afterwards(text: Path, server: FakeGitHub) -> None:
    assert raise_issue(text, "one") == 0
    assert [(issue["title"], issue["body"]) for issue in server.issues] == [("AWS has drifted", f"{MARK}one")]
    assert raise_issue(text, "two") == 0
    assert states(server) == [("open", f"{MARK}two")]


def test_it_is_closed_and_keeps_what_it_said_last(text: Path, server: FakeGitHub) -> None:
    raise_issue(text, "one")
    assert close() == 0
    ((state, body),) = states(server)
    assert state == "closed"
    assert server.issues[0]["state_reason"] == "completed"
    assert body.startswith(f"{MARK}**All is well again**")
    assert body.endswith("\n\none")


def test_the_next_time_is_another_issue(text: Path, server: FakeGitHub) -> None:
    raise_issue(text, "one")
    close()
    raise_issue(text, "two")
    assert [state for state, _ in states(server)] == ["closed", "open"]
    assert states(server)[1] == ("open", f"{MARK}two")


def test_where_all_is_well_and_was_nothing_is_written(server: FakeGitHub, capsys: pytest.CaptureFixture[str]) -> None:
    assert close() == 0
    assert server.writes() == []
    assert capsys.readouterr().out == "All is well, and no issue says otherwise.\n"


def test_what_others_opened_is_left_alone_even_with_the_mark(text: Path, server: FakeGitHub) -> None:
    server.page = 2
    server.issue("A forgery", f"{MARK}a forgery")
    server.issue("A pull request", f"{MARK}of the bot", author=BOT, pull_request={"url": "https://github.example"})
    server.issue("Something else", "unrelated", author=BOT)
    raise_issue(text, "one")
    close()
    assert [state for state, _ in states(server)] == ["open", "open", "open", "closed"]


def test_an_issue_without_any_text_is_no_obstacle(text: Path, server: FakeGitHub) -> None:
    server.issue("Nothing said", "", author=BOT)["body"] = None
    server.issue("By a ghost", "", author=BOT)["user"] = None
    assert raise_issue(text, "one") == 0
    assert len(server.issues) == 3
