"""No name that somebody wrote is taken for words of ours."""

import pytest

from provisioner.changes.sentence import Sentence, sentence


def dressed(said: Sentence) -> str:
    return said.dressed(lambda name: f"<{name}>", lambda word: word.upper())


def test_names_stand_in_the_slots_and_strong_words_are_strong() -> None:
    assert dressed(sentence("{} gains **write** to {}", "one", 2)) == "<one> gains WRITE to <2>"
    assert str(sentence("{} gains **write** to {}", "one", 2)) == "'one' gains write to '2'"


@pytest.mark.parametrize("name", ["{}", "{0}", "{name}", "**write**", "%s", "{", "}"])
def test_a_name_that_looks_like_a_slot_or_a_strong_word_is_a_name(name: str) -> None:
    assert dressed(sentence("{} gains **write** to {}", name, "two")) == f"<{name}> gains WRITE to <two>"


def test_a_name_is_printable_and_not_too_long() -> None:
    assert dressed(sentence("{}", "one\ntwo\u202e")) == r"<one\ntwo\u202e>"
    assert len(dressed(sentence("{}", "x" * 10_000))) == 162
