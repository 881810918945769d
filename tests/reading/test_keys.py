"""Values read by a table of keys: types, and the key that somebody meant."""

import datetime
from collections.abc import Mapping
from typing import Any

import pytest

from provisioner.datasets.keys import KEYS, Kind
from provisioner.reading.document import read_document
from provisioner.reading.keys import Key, Text, Type, Values, nearest_key
from provisioner.reading.problem import Place, Problem, Rule
from provisioner.reading.values import read_values


def read(value: str, kind: Type, **more: Any) -> tuple[Values, list[str]]:
    """What comes of `key: <value>` where the key has a type, and the column and rule of what is reported."""
    example: Any = {"name": "text"} if kind is Type.TEXT_MAP else "example"
    keys: Mapping[str, Key] = {"key": Key(name="key", type=kind, description="", example=example, **more)}
    problems: list[Problem] = []
    mapping = read_document(f"key: {value}\n".encode(), "f", problems)
    assert mapping is not None

    def report(place: Place, rule: Rule, wrong: str, instead: str) -> None:
        problems.append(Problem("f", place, rule, wrong, instead))

    return read_values(mapping, keys, report), [f"{problem.place.column} {problem.rule}" for problem in problems]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Type.TEXT, "a b", "a b"),
        (Type.TEXT, "'17'", "17"),
        (Type.TEXT, '"\\u00e9"', "é"),
        (Type.TEXT, "' a '", " a "),
        (Type.TEXTS, "[a, 'b']", (Text("a", Place(1, 7)), Text("b", Place(1, 10)))),
        (Type.TEXT_OR_TEXTS, "a", (Text("a", Place(1, 6)),)),
        (Type.TEXT_OR_TEXTS, "[a]", (Text("a", Place(1, 7)),)),
        (Type.FLAG, "true", True),
        (Type.FLAG, "True", True),
        (Type.FLAG, "TRUE", True),
        (Type.FLAG, "false", False),
        (Type.FLAG, "False", False),
        (Type.FLAG, "FALSE", False),
        (Type.DATE, "2027-03-31", datetime.date(2027, 3, 31)),
        (Type.DATE, "'2027-03-31'", datetime.date(2027, 3, 31)),
        (Type.NUMBER, "0", 0),
        (Type.NUMBER, "14", 14),
        (Type.NUMBER, "9" * 18, 10**18 - 1),
        (Type.TEXT_MAP, "{a: b}", {"a": (Text("a", Place(1, 7)), Text("b", Place(1, 10)))}),
    ],
)
def test_a_value_is_read(kind: Type, value: str, expected: object) -> None:
    values, problems = read(value, kind)
    assert problems == []
    found = values.any("key")
    assert found is not None
    assert found.value == expected
    assert (values.places["key"], found.place) == (Place(1, 1), Place(1, 6))


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Type.TEXT, "17", "6 key-type"),
        (Type.TEXT, "yes", "6 key-type"),
        (Type.TEXT, "2027-03-31", "6 key-type"),
        (Type.TEXT, "=", "6 key-type"),
        (Type.TEXT, "<<", "6 key-type"),
        (Type.TEXT, "[a]", "6 key-type"),
        (Type.TEXT, "{a: b}", "6 key-type"),
        (Type.TEXT, "", "5 key-empty"),
        (Type.TEXT, "~", "6 key-empty"),
        (Type.TEXT, "' '", "6 key-empty"),
        (Type.TEXT, '"a\\tb"', "6 key-value"),
        (Type.TEXT, '"a\\nb"', "6 key-value"),
        (Type.TEXT, '"\\e[0m"', "6 key-value"),
        (Type.TEXT, '"\\u202ea"', "6 key-value"),
        (Type.TEXTS, "a", "6 key-type"),
        (Type.TEXTS, "{a: b}", "6 key-type"),
        (Type.TEXTS, "[]", "6 key-empty"),
        (Type.TEXTS, "[a, 17]", "10 key-type"),
        (Type.TEXTS, "[a, [b]]", "10 key-type"),
        (Type.TEXT_OR_TEXTS, "17", "6 key-type"),
        (Type.TEXT_OR_TEXTS, "{a: b}", "6 key-type"),
        (Type.TEXT_OR_TEXTS, "[]", "6 key-empty"),
        (Type.FLAG, "yes", "6 key-type"),
        (Type.FLAG, "on", "6 key-type"),
        (Type.FLAG, "1", "6 key-type"),
        (Type.FLAG, "tRUE", "6 key-type"),
        (Type.FLAG, "'true'", "6 key-type"),
        (Type.FLAG, "[true]", "6 key-type"),
        (Type.FLAG, "", "5 key-empty"),
        (Type.DATE, "2027-13-01", "6 expires-date"),
        (Type.DATE, "2027-W01-1", "6 expires-date"),
        (Type.DATE, "20270331", "6 expires-date"),
        (Type.DATE, "2027-03-31T00:00:00Z", "6 expires-date"),
        (Type.DATE, "[2027-03-31]", "6 key-type"),
        (Type.NUMBER, "-1", "6 key-type"),
        (Type.NUMBER, "1.0", "6 key-type"),
        (Type.NUMBER, "010", "6 key-type"),
        (Type.NUMBER, "1_000", "6 key-type"),
        (Type.NUMBER, "9" * 19, "6 key-type"),
        (Type.NUMBER, "'1'", "6 key-type"),
        (Type.TEXT_MAP, "a", "6 key-type"),
        (Type.TEXT_MAP, "[a]", "6 key-type"),
        (Type.TEXT_MAP, "{a: 1}", "10 key-type"),
        (Type.TEXT_MAP, '{"\\e": b}', "7 key-value"),
    ],
)
def test_a_value_of_another_type_is_reported_at_its_place(kind: Type, value: str, expected: str) -> None:
    assert read(value, kind)[1] == [expected]


def test_a_text_may_be_as_long_as_its_key_says_in_characters() -> None:
    assert read("é" * 5, Type.TEXT, max_length=5)[1] == []
    assert read("é" * 6, Type.TEXT, max_length=5)[1] == ["6 key-length"]
    assert read(f"[a, {'é' * 6}]", Type.TEXTS, max_length=5)[1] == ["10 key-length"]


def test_a_choice_is_one_of_those_offered() -> None:
    assert read("one", Type.TEXT, choices=("one", "two"))[1] == []
    assert read("One", Type.TEXT, choices=("one", "two"))[1] == ["6 key-value"]


def test_a_refused_value_is_reported_once_and_counts_as_present() -> None:
    values, problems = read("*alias", Type.TEXT)
    assert problems == ["6 yaml-alias"]
    assert values.any("key") is None
    assert values.places == {"key": Place(1, 1)}


@pytest.mark.parametrize(
    ("kind", "written", "meant"),
    [
        (Kind.PUSH, "target_bucket", "bucket"),
        (Kind.PUSH, "buckets", "bucket"),
        (Kind.PUSH, "Bucket", "bucket"),
        (Kind.PUSH, "keep-files", "keep_files"),
        (Kind.PUSH, "KEEP_FILES", "keep_files"),
        (Kind.PUSH, "kms_key", "kms_key_arn"),
        (Kind.PUSH, "expiry", "expires"),
        (Kind.PUSH, "user", "users"),
        (Kind.PUSH, "owner", "contact"),
        (Kind.PULL, "arns", "pull_arns"),
        (Kind.PULL, "readers", "pull_arns"),
        (Kind.PULL, "versioning", "bucket_versioning"),
        (Kind.PULL, "allow-push", "allow_push"),
        (Kind.PULL, "colour", None),
        (Kind.PULL, "", None),
        (Kind.PULL, "x" * 60_000, None),
    ],
)
def test_the_key_that_somebody_meant_is_found(kind: Kind, written: str, meant: str | None) -> None:
    assert nearest_key(written, KEYS[kind].values()) == meant


@pytest.mark.parametrize("kind", list(Kind))
def test_every_key_is_nearest_to_itself_and_no_two_share_another_word(kind: Kind) -> None:
    keys = KEYS[kind]
    assert {name: nearest_key(name, keys.values()) for name in keys} == {name: name for name in keys}
    words = [word for key in keys.values() for word in (key.name, *key.also_called)]
    assert len(words) == len(set(words))
