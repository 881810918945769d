"""The short way to read a file comes to what PyYAML comes to, or leaves the file to PyYAML."""

import itertools
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from provisioner.datasets.keys import KEYS, Kind
from provisioner.reading import document
from provisioner.reading.document import MAX_FILE_BYTES, read_document
from provisioner.reading.nodes import Mapping, Node, Scalar, Sequence
from provisioner.reading.problem import Problem
from provisioner.reading.simple import simple_mapping
from tests.benchmarks.checkout import write_checkout
from tests.datasets.cases import EXAMPLES, PULL, PUSH, REPOSITORY


def laid_open(node: Node) -> object:
    """All that a node says: kinds, texts, quotes, the order of keys, and every place."""
    if isinstance(node, Mapping):
        return node.place, [(key, place, laid_open(value)) for key, (place, value) in node.entries.items()]
    if isinstance(node, Sequence):
        return node.place, [laid_open(item) for item in node.items]
    return (type(node), node.place, *((node.text, node.plain) if isinstance(node, Scalar) else ()))


def by_pyyaml(text: str) -> tuple[object, list[Problem]]:
    """What the long way comes to."""
    problems: list[Problem] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document, "simple_mapping", lambda _text: None)
        mapping = read_document(text.encode(), "file.yaml", problems)
    return mapping and laid_open(mapping), problems


def is_read_alike(text: str) -> bool:
    """Whether a text is of the simple shape; if so, PyYAML says the same of it and has nothing to complain of."""
    mapping = simple_mapping(text)
    if mapping is not None:
        assert by_pyyaml(text) == (laid_open(mapping), [])
    return mapping is not None


def test_every_file_of_a_large_checkout_is_read_the_short_way_and_alike(tmp_path: Path) -> None:
    write_checkout(tmp_path, 10_000)
    texts = [path.read_text() for path in tmp_path.glob("*_datasets/*.yaml")]
    assert len(texts) == 10_000
    assert all(map(is_read_alike, texts))


def test_the_examples_are_read_alike_and_most_of_the_right_ones_the_short_way() -> None:
    for path in EXAMPLES.glob("invalid/*/*_datasets/*"):
        if path.is_file() and path.stat().st_size <= MAX_FILE_BYTES:
            is_read_alike(path.read_bytes().decode(errors="replace"))
    right = [*EXAMPLES.glob("valid/*/*_datasets/*.yaml"), *REPOSITORY.glob("*_datasets/*.yaml")]
    short = [path for path in right if is_read_alike(path.read_bytes().decode())]
    assert len(short) > len(right) / 2


PIECES = [
    *("a", "1", "/", ".", ":", ": ", "#", " #", " ", "  ", "\t", "\n", "\r", "-", "- ", "---", "...", "? ", "'", '"'),
    *("\\", ",", "[", "{", "&a ", "*a", "!", "|", ">", "%", "@", "`", "<<", "~", "=", "é", "\x7f", "\x85", "\u2028"),
    *("\nb: c", "\nb:\n", "\n  - ", "\n    ", "\n# ", "\n  # ", "#\n  - ", "\na: d", "\n\n"),
]


@pytest.mark.parametrize(
    "begun", ["a: ", "a: b", "a:", "a:\n  - ", "a:\n  - b", "a:\n  - b\nc: d", "a: 'b", 'a: "b', ""]
)
def test_whatever_follows_is_read_alike(begun: str) -> None:
    for count in (0, 1, 2):
        for pieces in itertools.product(PIECES, repeat=count):
            is_read_alike(begun + "".join(pieces))
            is_read_alike(begun + "".join(pieces) + "\nz: y\n")


WORDS = st.sampled_from([*KEYS[Kind.PUSH], "true", "null", "2040-03-31", "0o7", "12", "arn:aws:iam::1:role/a", "a@b.c"])
VALUES = st.one_of(
    WORDS,
    st.tuples(st.sampled_from(["'", '"', ""]), WORDS, st.sampled_from(["'", '"', "", " # b", "#b", "  "])).map("".join),
    st.lists(WORDS | st.sampled_from(PIECES), max_size=4).map("".join),
    st.text(st.characters(codec="ascii"), max_size=12) | st.text(max_size=6),
)
LINES = st.one_of(
    st.tuples(WORDS, st.sampled_from([": ", ": ", ": ", ":", " : ", ":  "]), VALUES).map("".join),
    st.tuples(WORDS, st.sampled_from([":\n  - ", ":\n\n  - ", ": # why\n  # so\n  - ", ":\n- "]), VALUES).map("".join),
    st.tuples(st.sampled_from(["  - ", "  - ", "  - ", "- ", " - ", "    - ", "  -", "  "]), VALUES).map("".join),
    st.sampled_from(["", "# why", "  # why", "   ", "---", "...", "\t"]),
)
TEXTS = st.tuples(st.lists(LINES, max_size=8).map("\n".join), st.sampled_from(["\n", "", "\r\n", "\n\n"])).map("".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example(f"{'k' * 1_100}: a\n")  # YAML's keys end after 1,024 characters
@example("a: b\n  c\n")
@example("a: b\n\n  c\n")
@example("a:\n# b\n  - c\n")
def test_any_text_is_read_alike(text: str) -> None:
    is_read_alike(text)


@pytest.mark.parametrize("text", [PUSH, PULL, f"# why\n\n{PUSH}expires: '2040-03-31' # then\n"])
def test_what_people_write_is_read_the_short_way(text: str) -> None:
    assert is_read_alike(text)


@pytest.mark.parametrize(
    "text",
    ["", "# a\n", "a:\n", "a:\nb: c\n", "a: b\na: c\n", "- a\n", "  - a\n", "a: b\n  - c\n", "a:\n  -\n"],
)
def test_what_wants_care_is_left_to_pyyaml(text: str) -> None:
    assert simple_mapping(text) is None
