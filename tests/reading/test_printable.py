"""What a file holds cannot steer the terminal or the page that shows a message about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.reading.printable import printable, shown, unfit_character
from provisioner.reading.problem import Place, Problem, Rule

ANY_TEXT = st.text(st.characters())


def problem(**texts: str) -> Problem:
    given_texts = {"file": "f.yaml", "wrong": "this is wrong", "instead": "write that", **texts}
    return Problem(place=Place(2, 3), rule=Rule.KEY_VALUE, **given_texts)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a b-é-😀-訪", "a b-é-😀-訪"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\x9b31m", r"\x9b31m"),
        ("\u202eevil", r"\u202eevil"),
        ("\u2066a\u2069", r"\u2066a\u2069"),
        ("a\u200bb\ufeff", r"a\u200bb\ufeff"),
        ("a\u2028b\x85", r"a\u2028b\x85"),
        ("\udce9", r"\udce9"),
        ("नि\u200dष", "नि\u200dष"),
        ("a ##[error]b", r"a #\x23[error]b"),
        ("###[##[", r"##\x23[#\x23["),
        ("# ## #[a] ##a", "# ## #[a] ##a"),
    ],
)
def test_what_could_steer_a_terminal_or_a_workflow_is_escaped_and_nothing_else(text: str, escaped: str) -> None:
    assert printable(text) == escaped


@given(ANY_TEXT)
def test_a_printable_text_stays_as_it_is_and_can_be_written_anywhere(text: str) -> None:
    once = printable(text)
    assert printable(once) == once
    assert unfit_character(once) is None
    assert len(once.splitlines()) <= 1
    assert "##[" not in once
    once.encode()


@given(ANY_TEXT.map(lambda text: text * 3))
def test_a_shown_text_is_short(text: str) -> None:
    assert len(shown(text)) <= 80
    assert unfit_character(shown(text)) is None


def test_a_text_is_cut_only_where_it_is_long() -> None:
    assert shown("x" * 80) == "x" * 80
    assert shown("x" * 81) == "x" * 77 + "…"


@pytest.mark.parametrize("part", ["file", "wrong", "instead"])
def test_no_part_of_a_problem_is_shown_raw(part: str) -> None:
    assert r"a\x1b[31m\nb" in str(problem(**{part: "a\x1b[31m\nb"}))


def test_a_problem_is_one_line_as_a_compiler_writes_it() -> None:
    assert str(problem()) == "f.yaml:2:3: this is wrong; write that [key-value]"


def test_problems_sort_by_file_then_line_then_column_as_numbers() -> None:
    places = [("b", 1, 1), ("a", 10, 1), ("a", 2, 10), ("a", 2, 9)]
    problems = [Problem(file, Place(line, column), Rule.KEY_TYPE, "x", "y") for file, line, column in places]
    assert [(one.file, *one.place) for one in sorted(problems)] == sorted(places)
