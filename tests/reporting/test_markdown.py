"""Names and texts of others within markdown: they are shown, and are nothing more."""

import re

import pytest
from hypothesis import given

from provisioner.reading.printable import printable
from provisioner.reporting.markdown import code, code_block, message, row, text
from tests.reporting.hostile import HOSTILE, TEXTS
from tests.reporting.page import Element, linked, page


def in_a_table(shown: str) -> Element:
    """The row of a table in which something is one of two cells."""
    table = page(f"| a | b |\n| --- | --- |\n{row(shown, 'end')}\n")
    (body,) = table.every("tbody")
    (cell, end) = body.every("td")
    assert (end.text, len(body.every("tr"))) == ("end", 1)
    return cell


def squeezed(shown: str) -> str:
    """A text without what HTML does not show: CommonMark trims a cell and the ends of code."""
    return printable(shown).strip(" ")


@given(TEXTS)
def test_code_is_code_with_the_whole_text_in_it(given_text: str) -> None:
    cell = in_a_table(code(given_text))
    assert cell.outline == "(td(code))"
    assert squeezed(cell.text) == squeezed(given_text)


@given(TEXTS)
def test_code_is_the_same_within_a_sentence(given_text: str) -> None:
    paragraph = page(f"- before {code(given_text)} after\n")
    assert paragraph.outline == "(page(ul(li(code))))"
    (found,) = paragraph.every("code")
    assert squeezed(found.text) == squeezed(given_text)


@given(TEXTS)
def test_text_is_plain_words(given_text: str) -> None:
    cell = in_a_table(text(given_text))
    assert cell.outline == "(td)"
    assert squeezed(cell.text.replace("\u200b", "")) == squeezed(given_text)


@given(TEXTS)
def test_text_at_the_beginning_of_a_line_is_plain_words(given_text: str) -> None:
    paragraph = page(f"word\n{text(given_text) or 'a'}\n")
    assert paragraph.outline == "(page(p))"


@given(TEXTS)
def test_text_links_and_notifies_nobody(given_text: str) -> None:
    assert linked(in_a_table(text(given_text))) == []


@given(TEXTS, TEXTS)
def test_a_message_shows_what_it_quotes_as_code(quoted: str, other: str) -> None:
    cell = in_a_table(message(f"the dataset's '{quoted.replace(chr(39), '') or 'a'}' is not {other}"))
    assert set(re.findall(r"\w+", cell.outline)) <= {"td", "code"}
    assert squeezed(cell.every("code")[0].text) == squeezed(quoted.replace("'", "") or "a")
    assert linked(cell) == []


def test_the_apostrophe_of_a_genitive_quotes_nothing() -> None:
    assert "`" not in message("the files' names and the dataset's name")


@pytest.mark.parametrize("given_text", [name for name in HOSTILE if len(name) < 100], ids=ascii)
def test_a_block_of_code_ends_where_it_ought_to(given_text: str) -> None:
    lines = f"one\n{printable(given_text)}\nthree"
    document = page(f"{code_block(lines, 'json')}\n\nafter\n")
    assert document.outline == "(page(pre(code))(p))"
    assert document.every("pre")[0].text.splitlines() == lines.splitlines()
