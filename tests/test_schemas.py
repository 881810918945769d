"""The two JSON Schemas: what an editor accepts and refuses while somebody types, held against `validate`."""

import importlib.resources
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft7Validator

from provisioner.access.check import check
from provisioner.datasets.folder import DatasetFile
from provisioner.datasets.keys import KEYS, Kind
from provisioner.datasets.schema import schema_file, schema_of
from provisioner.datasets.template import new_file
from provisioner.reading.keys import Type
from provisioner.reading.problem import Problem
from tests.documentation import PLAN_SCHEMA
from tests.programs import run
from tests.support import stack_settings

ROOT: Final = Path(__file__).parents[1]
SCHEMAS: Final = {kind: ROOT / "provisioner" / "datasets" / schema_file(kind) for kind in Kind}
VALIDATORS: Final = {
    kind: Draft7Validator(schema_of(kind), format_checker=Draft7Validator.FORMAT_CHECKER) for kind in Kind
}
KEY_OF_KIND: Final = [(kind, name) for kind in Kind for name in KEYS[kind]]

by_kind = pytest.mark.parametrize("kind", Kind)
by_key = pytest.mark.parametrize(("kind", "name"), KEY_OF_KIND, ids=lambda part: getattr(part, "value", part))

Document = dict[str, Any]


def problems_of(kind: Kind, document: Document) -> tuple[Problem, ...]:
    """What `validate` says of a document. JSON is YAML, and has no type that a YAML reader could mistake."""
    content = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
    file = DatasetFile(f"{kind.folder}/{KEYS[kind]['name'].example}.yaml", kind, content)
    return check([file], [], stack_settings(sources={"core": "arn"}), None).problems


def examples(kind: Kind) -> Document:
    """A dataset of a kind that says everything, each key with its example."""
    every = {key.name: key.example for key in KEYS[kind].values()}
    return {**every, "status": "active"}  # a retired dataset has no export


@by_kind
def test_it_is_a_schema_of_draft_07(kind: Kind) -> None:
    assert schema_of(kind)["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(schema_of(kind))


@by_kind
def test_it_knows_no_other_keys(kind: Kind) -> None:
    assert schema_of(kind)["additionalProperties"] is False
    assert list(schema_of(kind)["properties"]) == list(KEYS[kind])


@by_kind
def test_it_ships_in_the_package(kind: Kind) -> None:
    shipped = importlib.resources.files("provisioner.datasets").joinpath(schema_file(kind))
    assert json.loads(shipped.read_text(encoding="utf-8")) == schema_of(kind)


def test_they_are_in_the_wheel(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("provisioner", "pyproject.toml", "README.md"):
        (source / name).symlink_to(ROOT / name)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    done = run("python", "-c", build, tmp_path, cwd=source)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {str(path.relative_to(ROOT)) for path in (*SCHEMAS.values(), PLAN_SCHEMA)} <= set(names)


@by_key
def test_a_key_has_a_description_and_an_example(kind: Kind, name: str) -> None:
    described = schema_of(kind)["properties"][name]
    assert described["description"].endswith(".")
    assert described["examples"]


@by_key
def test_the_example_of_a_key_is_right_by_the_keys_own_schema(kind: Kind, name: str) -> None:
    described = schema_of(kind)["properties"][name]
    validator = Draft7Validator(described, format_checker=Draft7Validator.FORMAT_CHECKER)
    assert [error.message for example in described["examples"] for error in validator.iter_errors(example)] == []


@by_kind
def test_a_dataset_of_all_the_examples_is_right_for_schema_and_validate(kind: Kind) -> None:
    assert list(VALIDATORS[kind].iter_errors(examples(kind))) == []
    assert problems_of(kind, examples(kind)) == ()


@by_kind
def test_an_editor_accepts_what_validate_accepts(kind: Kind) -> None:
    """Every example file, read by a YAML reader and with the regular expressions that editors use."""
    valid = [ROOT, *(ROOT / "tests" / "examples" / "valid").iterdir()]
    files = [file for case in valid for file in (case / kind.folder).glob("*.yaml")]
    assert len(files) > 10
    done = run("check-jsonschema", "--schemafile", SCHEMAS[kind], *files)
    assert done.returncode == 0, done.stdout


@by_kind
def test_an_editor_accepts_a_new_file(kind: Kind, tmp_path: Path) -> None:
    file = tmp_path / "new_project.yaml"
    file.write_text(
        new_file(
            kind, {key.name: key.example for key in KEYS[kind].values() if key.required or key.name == "pull_arns"}
        )
    )
    done = run("check-jsonschema", "--schemafile", SCHEMAS[kind], file)
    assert done.returncode == 0, done.stdout


SPOILT: Final[tuple[Callable[[str], str], ...]] = (
    str,
    str.upper,
    lambda text: text[1:],
    lambda text: text[:-1],
    lambda text: f" {text}",
    lambda text: f"{text}\n",
    lambda text: f"-{text}",
    lambda text: f"{text}*",
    lambda text: f"{text}é",
    lambda text: text * 30,
    lambda text: text.replace("1", ""),
    lambda text: text.replace(":", "/"),
    lambda text: text.replace("/", "\n"),
)
"""What a hand does to a text."""


@by_key
def test_what_the_schema_refuses_of_a_key_validate_refuses(kind: Kind, name: str) -> None:
    example = KEYS[kind][name].example
    texts = [text for text in (example if isinstance(example, list) else [example]) if isinstance(text, str)]
    spoilt = {spoil(text) for text in (*texts, "yes", "2027-02-30", "20270331", "new_project") for spoil in SPOILT}
    refused = 0
    for text in sorted(spoilt):
        for value in (text, [text], [text, text]):
            document = {**examples(kind), name: value}
            if list(VALIDATORS[kind].iter_errors(document)):
                refused += 1
                assert problems_of(kind, document), value
    assert refused


@by_key
def test_without_a_key_the_schema_accepts_what_validate_accepts(kind: Kind, name: str) -> None:
    document = {key: value for key, value in examples(kind).items() if key != name}
    assert VALIDATORS[kind].is_valid(document) == (problems_of(kind, document) == ())


@by_kind
def test_a_key_that_nobody_knows_is_refused_by_schema_and_validate(kind: Kind) -> None:
    others = [name for name in KEYS[kind.other] if name not in KEYS[kind]]
    for name in ("target_bucket", "Name", "", *others):
        document = {**examples(kind), name: "text"}
        assert not VALIDATORS[kind].is_valid(document), name
        assert problems_of(kind, document), name


@by_key
def test_a_value_of_any_other_type_is_refused_by_schema_and_validate(kind: Kind, name: str) -> None:
    key = KEYS[kind][name]
    others: list[Any] = [None, 7, {"a": "b"}, [], [True], [["a"]]]
    others += ["true"] if key.type is Type.FLAG else [True]
    others += ["text"] if key.type is Type.TEXTS else []
    others += [["text"]] if key.type in (Type.TEXT, Type.DATE, Type.FLAG) else []
    for other in others:
        document = {**examples(kind), name: other}
        assert list(VALIDATORS[kind].iter_errors(document)), other
        assert problems_of(kind, document), other
