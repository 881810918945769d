"""The JSON of a plan keeps what its schema promises, and the schema says what everything means."""

import importlib.resources
import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import given
from jsonschema import Draft7Validator, ValidationError

from provisioner.access.grants import Verb
from provisioner.changes.plan import Plan
from provisioner.changes.refusals.refusal import Refusal
from provisioner.changes.risks.risk import Risk
from provisioner.reporting.plan.document import JSON_VERSION, as_json
from tests.reporting.hostile import TEXTS, disguised
from tests.reporting.plans import PLANS

SCHEMA: Final[dict[str, Any]] = json.loads(
    importlib.resources.files("provisioner.reporting.plan").joinpath("plan.schema.json").read_text(encoding="utf-8")
)
VALIDATOR: Final = Draft7Validator(SCHEMA, format_checker=Draft7Validator.FORMAT_CHECKER)
DEFINITIONS: Final = SCHEMA["definitions"]
THEIR_OWN: Final = "A statement, in AWS's own form."
"""The one object whose fields are not ours to list."""


def objects(part: Any) -> Iterator[dict[str, Any]]:
    """Every part of the schema that is about an object."""
    if isinstance(part, dict):
        if part.get("type") == "object":
            yield part
        for held in part.values():
            yield from objects(held)
    elif isinstance(part, list):
        for held in part:
            yield from objects(held)


def test_it_is_a_schema_of_draft_07() -> None:
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(SCHEMA)


def test_it_knows_no_field_that_it_does_not_list_and_lacks_none() -> None:
    found = [part for part in objects(SCHEMA) if part["description"] != THEIR_OWN]
    assert len(found) == len(DEFINITIONS) + 1
    assert all(part["additionalProperties"] is False for part in found)
    assert all(part["required"] == list(part["properties"]) for part in found)


def test_it_says_of_every_field_what_it_means() -> None:
    for part in objects(SCHEMA):
        for name, field in part.get("properties", {}).items():
            assert field["description"].endswith("."), name


def test_its_codes_are_those_of_the_program() -> None:
    assert SCHEMA["properties"]["version"]["const"] == JSON_VERSION
    assert DEFINITIONS["risk"]["properties"]["rule"]["enum"] == list(Risk)
    assert DEFINITIONS["refusal"]["properties"]["rule"]["enum"] == list(Refusal)
    assert DEFINITIONS["grant"]["properties"]["verb"]["enum"] == list(Verb)


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_keeps_it(name: str) -> None:
    VALIDATOR.validate(json.loads(as_json(PLANS[name])))


def test_the_plans_of_these_tests_hold_something_of_everything() -> None:
    documents = [json.loads(as_json(plan)) for plan in PLANS.values()]
    lists = [name for name, field in SCHEMA["properties"].items() if field.get("type") == "array"]
    assert [name for name in lists if not any(document[name] for document in documents)] == []


def test_it_refuses_another_field_and_another_version() -> None:
    document = json.loads(as_json(PLANS["all sorts of changes"]))
    for wrong in ({**document, "more": 1}, {**document, "version": 2}):
        with pytest.raises(ValidationError):
            VALIDATOR.validate(wrong)


@given(TEXTS)
def test_hostile_names_are_values_as_any_other(text: str) -> None:
    plan: Plan = disguised(PLANS["all sorts of changes"], text)
    document = json.loads(as_json(plan))
    VALIDATOR.validate(document)
    assert document["datasets"][0]["name"].startswith(text)
