"""The JSON Schemas of the two kinds of dataset file, made from the table of keys."""

from collections.abc import Iterable
from typing import Any, Final

from provisioner.datasets.keys import KEYS, READERS, Kind
from provisioner.reading.keys import Key, Type
from provisioner.reading.values import DURATION

_JSON_TYPES: Final[dict[Type, dict[str, Any]]] = {
    Type.FLAG: {"type": "boolean"},
    Type.NUMBER: {"type": "integer"},
}


def schema_file(kind: Kind) -> str:
    """The name of a kind's schema, beside this module."""
    return f"{kind.value}.schema.json"


def schema_of(kind: Kind) -> dict[str, Any]:
    """The JSON Schema (draft-07, which editors know best) of a kind of dataset file.

    It is for editors: it knows no settings and no other file, and `provisioner validate` is stricter.
    """
    keys = KEYS[kind].values()
    readers = {"anyOf": [{"required": [name]} for name in READERS]} if kind is Kind.PULL else {}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"A {kind.value} dataset",
        "description": f"One file of {kind.folder}/; `provisioner validate` checks what a schema cannot.",
        **_object(keys),
        **readers,
    }


def _object(keys: Iterable[Key]) -> dict[str, Any]:
    """A mapping with these keys and no other."""
    every = tuple(keys)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [key.name for key in every if key.required],
        "properties": {key.name: _property(key) for key in every},
    }


def _property(key: Key) -> dict[str, Any]:
    described: dict[str, Any] = {"description": key.description, "examples": [key.example], **_value(key)}
    if key.default is not None:
        described["default"] = key.default
    return described


def _value(key: Key) -> dict[str, Any]:
    if key.type is Type.TEXTS:
        return {"type": "array", "minItems": 1, "uniqueItems": True, "items": _text(key)}
    if key.type is Type.RECORDS:
        return {"type": "array", "minItems": 1, "uniqueItems": True, "items": _object(key.fields)}
    if key.type is Type.RECORD:
        return _object(key.fields)
    if key.type is Type.RECORD_MAP:
        return {"type": "object", "minProperties": 1, "additionalProperties": _object(key.fields)}
    if key.type is Type.TEXT_MAP:
        return {"type": "object", "minProperties": 1, "additionalProperties": _text(key)}
    if key.type is Type.DURATION:
        return {"type": "string", "pattern": f"^{DURATION.pattern}$"}
    if key.type is Type.TEXT_OR_TEXTS:
        return {"oneOf": [_text(key), {"type": "array", "minItems": 1, "items": _text(key)}]}
    if key.choices:
        return {"type": "string", "enum": list(key.choices)}
    return _text(key) if key.type in (Type.TEXT, Type.DATE, Type.LINES) else dict(_JSON_TYPES[key.type])


def _text(key: Key) -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string", "minLength": 1}
    if key.max_length is not None:
        text["maxLength"] = key.max_length
    return {**text, **key.schema}
