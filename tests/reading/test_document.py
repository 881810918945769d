"""The reader of YAML: places as an editor counts them, and nothing that could be misread."""

import pytest

from provisioner.reading.document import MAX_DEPTH, MAX_FILE_BYTES, place_in, read_document
from provisioner.reading.nodes import Mapping, Node, Scalar, Sequence, Unreadable, plain_kind
from provisioner.reading.problem import Place, Problem


def read(content: bytes | str) -> tuple[Mapping | None, list[Problem]]:
    problems: list[Problem] = []
    encoded = content if isinstance(content, bytes) else content.encode()
    return read_document(encoded, "file.yaml", problems), problems


def values(content: bytes | str) -> dict[str, object]:
    """What a right file holds, as plain Python."""
    mapping, problems = read(content)
    assert problems == []
    assert mapping is not None
    return {key: plain(node) for key, (_, node) in mapping.entries.items()}


def plain(node: Node) -> object:
    if isinstance(node, Mapping):
        return {key: plain(value) for key, (_, value) in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    assert isinstance(node, Scalar)
    return node.text


def found(content: bytes | str) -> list[tuple[int, int, str]]:
    """The line, column and rule of each problem, in the order in which they were met."""
    return [(problem.place.line, problem.place.column, str(problem.rule)) for problem in read(content)[1]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(end: str) -> None:
    text = f"a: 1{end}# é{end}{end}bé: *x{end}"
    assert found(text) == [(4, 5, "yaml-alias")]
    assert found(text.encode().replace(b"*x", b"\xff")) == [(4, 5, "file-encoding")]
    assert found(text.replace("*x", "\x07")) == [(4, 5, "yaml-syntax")]
    assert found(text.replace("*x", "'")) == [(4, 5, "yaml-syntax")]


@pytest.mark.parametrize(
    ("offset", "place"), [(0, (1, 1)), (1, (1, 2)), (2, (2, 1)), (4, (3, 1)), (5, (3, 2)), (6, (4, 1)), (7, (4, 2))]
)
def test_the_place_of_an_offset_is_a_line_and_a_column(offset: int, place: tuple[int, int]) -> None:
    assert place_in("a\n\r\nb\rc", offset) == Place(*place)


def test_columns_are_counted_in_characters_and_not_in_bytes() -> None:
    assert found("'é😀': *x\n") == [(1, 7, "yaml-alias")]


def test_a_byte_order_mark_takes_no_column() -> None:
    assert values(b"\xef\xbb\xbfa: 1\n") == {"a": "1"}
    assert found(b"\xef\xbb\xbfa: *x\n") == [(1, 4, "yaml-alias")]
    assert found(b"\xef\xbb\xbf\xc3\xa9\xff") == [(1, 2, "file-encoding")]


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029", "\ufeff"])
def test_a_character_that_readers_of_yaml_disagree_on_is_refused(character: str) -> None:
    (problem,) = read(f"a: 1\nb: x{character}y\nc: *x\n")[1]
    assert (problem.place, problem.rule) == (Place(2, 5), "yaml-syntax")
    assert problem.wrong == f"readers of YAML disagree on the character U+{ord(character):04X}"


def test_such_a_character_may_be_written_as_an_escape() -> None:
    assert values('a: "x\\u2028y\\N"\n') == {"a": "x\u2028y\x85"}


@pytest.mark.parametrize(
    "content",
    [b"\xff", b"a: \xc3", b"a: \xed\xa0\x80", b"a: \xf5\x80\x80\x80", b"a: \xc0\xaf", "a: é".encode("utf-16")],
)
def test_what_is_not_utf8_is_refused(content: bytes) -> None:
    assert [rule for _, _, rule in found(content)] == ["file-encoding"]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x9f", "\ufffe", "\uffff"])
def test_a_control_character_is_refused_at_its_place(character: str) -> None:
    (problem,) = read(f"a: 1\nb: x{character}y\n")[1]
    assert (problem.place, problem.rule) == (Place(2, 5), "yaml-syntax")
    assert problem.wrong == f"the character U+{ord(character):04X} is not allowed in YAML"


def test_a_file_may_have_64_kib() -> None:
    assert values("a: 1\n".ljust(MAX_FILE_BYTES, "#")) == {"a": "1"}
    assert found("a: 1\n".ljust(MAX_FILE_BYTES + 1, "#")) == [(1, 1, "file-size")]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}"), ("- ", "")])
def test_nesting_may_be_20_deep(opening: str, closing: str) -> None:
    start = "a:\n  " if closing == "" else "a: "
    inside = MAX_DEPTH - 1  # the file's own mapping is the first level
    assert values(f"{start}{opening * inside}1{closing * inside}\n")
    mapping, (problem,) = read(f"{start}{opening * (inside + 1)}1{closing * (inside + 1)}\n")
    assert mapping is None
    assert problem.rule == "yaml-depth"


@pytest.mark.parametrize("content", [opening * 20_000 for opening in ("[", "{", "- ", "? ", "{a: ", "!a [", "&a [")])
def test_nesting_as_deep_as_a_file_can_be_is_refused_and_not_followed(content: str) -> None:
    mapping, problems = read(content[:MAX_FILE_BYTES])
    assert mapping is None
    assert problems[-1].rule == "yaml-depth"


def test_a_duplicate_key_keeps_the_first_value() -> None:
    mapping, problems = read("a: 1\n'a': 2\n")
    assert mapping is not None
    assert plain(mapping.entries["a"][1]) == "1"
    assert [str(problem) for problem in problems] == [
        "file.yaml:2:1: the key 'a' already stands in line 1; remove one of the two [yaml-duplicate-key]"
    ]


def test_a_duplicate_key_in_a_mapping_inside_is_found_too() -> None:
    assert found("a:\n  b: 1\n  b: 2\nb: 3\n") == [(3, 3, "yaml-duplicate-key")]


def test_one_refused_value_does_not_hide_the_next() -> None:
    mapping, problems = read("a: *x\nb: !!int '3'\nc: &y 4\n<<: {d: 5}\n[e]: 6\nf: 7\n")
    assert [(problem.place, str(problem.rule)) for problem in problems] == [
        (Place(1, 4), "yaml-alias"),
        (Place(2, 4), "yaml-tag"),
        (Place(3, 4), "yaml-alias"),
        (Place(4, 1), "yaml-merge"),
        (Place(5, 1), "yaml-key"),
    ]
    assert mapping is not None
    assert [(key, isinstance(node, Unreadable)) for key, (_, node) in mapping.entries.items()] == [
        ("a", True),
        ("b", True),
        ("c", False),
        ("f", False),
    ]


def test_a_merge_sign_in_quotes_is_a_key_like_any_other() -> None:
    assert values("'<<': x\n") == {"<<": "x"}


def test_a_second_document_does_not_hide_the_first() -> None:
    mapping, problems = read("a: 1\n--- # next\nb: 2\n")
    assert mapping is not None
    assert list(mapping.entries) == ["a"]
    assert [str(problem.rule) for problem in problems] == ["yaml-documents"]


@pytest.mark.parametrize("content", ["", "\n\n", "# only\n", "---\n", "--- # only\n...\n", "~\n", "null\n", "\ufeff"])
def test_a_file_that_holds_nothing_is_empty(content: str) -> None:
    assert found(content) == [(1, 1, "yaml-empty")]


@pytest.mark.parametrize("content", ["- a\n", "a\n", "'a: 1'\n", "[a, b]\n", "17\n", '""\n'])
def test_a_file_that_holds_no_mapping_is_refused(content: str) -> None:
    assert found(content) == [(1, 1, "yaml-mapping")]


def test_a_tag_whose_escapes_are_no_characters_is_refused() -> None:
    assert found("a: 1\nb: !<%ED%A0%80> c\n") == [(1, 1, "yaml-tag")]  # the parser does not say where
    assert found("a: 1\nb: !<%FF> c\n") == [(2, 6, "yaml-syntax")]


def test_a_block_string_loses_the_line_break_that_ends_it_and_no_other() -> None:
    assert values("a: |\n  x\n  y\nb: >\n  x\n  y\nc: |-\n  x\nd: |+\n  x\n\n\n") == {
        "a": "x\ny",
        "b": "x y",
        "c": "x",
        "d": "x\n\n",
    }


@pytest.mark.parametrize(
    ("content", "place", "instead"),
    [
        ("a:\n\t- b\n", (2, 1), "indent with spaces, not with tabs"),
        (
            "a: b: c\n",
            (1, 5),
            "put a value that contains ': ' in quotes, and begin each key at the start of a line of its own",
        ),
        ("a: @b\n", (1, 4), "put the value in quotes"),
        ("a: `b`\n", (1, 4), "put the value in quotes"),
        ("a: %b\n", (1, 4), "put the value in quotes"),
        ("%YAML 9.9\n---\na: b\n", (1, 1), "remove this line"),
        ("x: y\na: 'b\nc: d\n", (2, 4), "close the quotation mark"),
        ('x: y\na: "b\nc: d\n', (2, 4), "close the quotation mark"),
        ("a: 'b\n---\n", (1, 4), "close the quotation mark"),
        ('a: "C:\\Work"\n', (1, 7), "put the value in single quotes: in double quotes a backslash begins an escape"),
        ('a: "\\xZZ"\n', (1, 7), "put the value in single quotes: in double quotes a backslash begins an escape"),
        ("x: y\na: [b,\nc: d\n", (2, 4), "put commas between the items in brackets, and close the bracket"),
        ("a: {b: c\nd: e\n", (1, 4), "put commas between the items in brackets, and close the bracket"),
        ("a: ['b' 'c']\n", (1, 9), "put commas between the items in brackets, and close the bracket"),
        ("a:\n  b: 1\n c: 2\n", (3, 2), "check the quotes and the indentation of this line and of the one above"),
    ],
)
def test_what_does_not_parse_is_reported_where_it_must_be_mended(
    content: str, place: tuple[int, int], instead: str
) -> None:
    mapping, (problem,) = read(content)
    assert mapping is None
    assert (problem.rule, problem.place, problem.instead) == ("yaml-syntax", Place(*place), instead)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "nothing"),
        ("~", "nothing"),
        ("null", "nothing"),
        ("Null", "nothing"),
        ("yes", "a boolean"),
        ("Off", "a boolean"),
        ("TRUE", "a boolean"),
        ("y", "text"),
        ("17", "a number"),
        ("-1", "a number"),
        ("0x1f", "a number"),
        ("1_000", "a number"),
        ("12:30:45", "a number"),
        ("1.5", "a number"),
        (".inf", "a number"),
        ("2027-03-31", "a date"),
        ("2027-03-31T00:00:00Z", "a date"),
        ("=", "a default value"),
        ("<<", "a merge key"),
        ("1st", "text"),
        ("\u0661\u0667", "text"),  # Arabic digits
        ("a", "text"),
    ],
)
def test_a_plain_word_is_what_yaml_makes_of_it(text: str, kind: str) -> None:
    assert plain_kind(Scalar(text, plain=True, place=Place(1, 1))) == kind
    assert plain_kind(Scalar(text, plain=False, place=Place(1, 1))) == "text"
