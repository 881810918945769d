"""One comment of a pull request: made once, then edited, whatever else people and bots write there."""

from pathlib import Path

import pytest

from provisioner.github.comment import main
from tests.github.server import BOT, TOKEN, Answer, FakeGitHub

MARK = "<!-- provisioner: plan -->\n"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    return tmp_path / "plan.md"


def put(text: Path, words: str, *, about: str = "plan") -> int:
    text.write_text(words, encoding="utf-8")
    return main(["--number", "12", "--about", about, str(text)])


def bodies(server: FakeGitHub) -> list[str]:
    return [comment["body"] for comment in server.comments.get(12, [])]


def test_it_is_made_once_and_edited_in_place_afterwards(text: Path, server: FakeGitHub) -> None:
    assert put(text, "one") == 0
    assert bodies(server) == [f"{MARK}one"]
    assert put(text, "two") == 0
    assert bodies(server) == [f"{MARK}two"]
    assert [asked.split(" ")[0] for asked in server.writes()] == ["POST", "PATCH"]


def test_one_that_says_so_already_is_left_alone(text: Path, server: FakeGitHub) -> None:
    put(text, "one")
    put(text, "one")
    assert len(server.writes()) == 1


def test_it_is_found_on_whatever_page_it_stands(text: Path, server: FakeGitHub) -> None:
    server.page = 3
    for number in range(7):
        server.comment(12, f"chatter {number}")
    put(text, "one")
    put(text, "two")
    assert bodies(server)[7:] == [f"{MARK}two"]


def test_what_others_wrote_is_left_alone_even_with_the_mark(text: Path, server: FakeGitHub) -> None:
    server.comment(12, f"{MARK}a forgery", author="somebody")
    server.comment(12, f"quoting {MARK}", author=BOT)
    put(text, "one")
    assert bodies(server) == [f"{MARK}a forgery", f"quoting {MARK}", f"{MARK}one"]


def test_one_about_something_else_is_another(text: Path, server: FakeGitHub) -> None:
    put(text, "one")
    put(text, "two", about="tests")
    assert bodies(server) == [f"{MARK}one", "<!-- provisioner: tests -->\ntwo"]


def test_what_was_done_though_the_answer_was_lost_is_not_done_again(
    text: Path, server: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provisioner.github.api.FIRST_WAIT", 0.0)
    server.instead = [None, Answer(status=502, done=True)]
    assert put(text, "one") == 0
    assert bodies(server) == [f"{MARK}one"]
    assert len(server.writes()) == 1


def test_one_that_is_too_long_is_cut_and_says_so_where_it_is_seen(text: Path, server: FakeGitHub) -> None:
    assert put(text, "a line of text\n" * 10_000) == 0
    (body,) = bodies(server)
    assert len(body) <= 65_536
    assert body.startswith(
        f"{MARK}> This is too long for GitHub and is cut at its end. "
        "[The run has all of it.](https://github.example/example-org/data-engineering-exports/actions/runs/77)\n\n"
    )
    assert body.endswith("\na line of text")


def test_one_of_exactly_the_longest_is_whole(text: Path, server: FakeGitHub) -> None:
    words = "x" * (65_536 - len(MARK))
    assert put(text, words) == 0
    assert bodies(server) == [f"{MARK}{words}"]


def test_where_it_may_not_be_written_that_is_an_annotation_and_exit_code_69(
    text: Path, server: FakeGitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    server.may_write = False
    assert put(text, "one") == 69
    said = capsys.readouterr().out
    assert said.startswith("::error title=GitHub could not be asked::POST ")
    assert "'pull-requests: write'" in said
    assert TOKEN not in said
    assert len(said.splitlines()) == 1


def test_without_a_file_the_call_is_wrong(
    tmp_path: Path, server: FakeGitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--number", "12", "--about", "plan", str(tmp_path / "nothing.md")])
    assert end.value.code == 2
    assert "cannot read" in capsys.readouterr().err
    assert server.asked == []
