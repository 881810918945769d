"""The text of a new dataset file: what is given, and every other key as a comment."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

import yaml

from provisioner.datasets.keys import KEYS, Kind
from provisioner.datasets.schema import schema_file
from provisioner.reading.keys import Key, Type, flow
from provisioner.reading.nodes import Scalar, plain_kind
from provisioner.reading.problem import START

Value = str | int | Sequence["Value"] | Mapping[str, "Value"]
"""A text, a flag, a number, a list, or a mapping, with whatever values of these."""
Given = Mapping[str, Value]
"""Values by key."""

_WIDE: Final = 10_000  # so that no text is broken over lines
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def new_file(kind: Kind, given: Given) -> str:
    """The text of a dataset file with the values `given`; the keys that are not given follow as comments."""
    lines = [f"# yaml-language-server: $schema=../provisioner/datasets/{schema_file(kind)}"]
    keys = KEYS[kind].values()
    for key in keys:
        if key.name in given:
            lines += [f"# {key.description}", *value_lines(key, given[key.name])]
    others = [key for key in keys if key.name not in given]
    if others:
        lines += ["", "# More that can be said; remove the '# ' before a line to say it."]
        for key in others:
            lines += [f"# {key.description}", *(f"# {line}" for line in value_lines(key, _example(key)))]
    return "\n".join(lines) + "\n"


def _example(key: Key) -> Value:
    example: Value = key.example
    return example


def value_lines(key: Key, value: Value) -> list[str]:
    """The lines that give a key a value."""
    if isinstance(value, str):
        # A date is meant where a date is wanted, so it needs no quotes there.
        is_date = key.type is Type.DATE and _DATE.fullmatch(value)
        return [f"{key.name}: {value if is_date else _scalar(value)}"]
    return _lines(key.name, value)


def _lines(name: str, value: Value) -> list[str]:
    """The lines of an entry of a mapping."""
    if isinstance(value, (str, int)):
        return [f"{name}: {_scalar(value)}"]
    if isinstance(value, Mapping):
        return [f"{name}:", *(f"  {line}" for inner, said in value.items() for line in _lines(_scalar(inner), said))]
    return [f"{name}:", *(f"  {line}" for item in value for line in _item_lines(item))]


def _item_lines(item: Value) -> list[str]:
    if not isinstance(item, Mapping):
        return [f"- {_scalar(item)}"] if isinstance(item, (str, int)) else [f"- {flow(item)}"]
    first, *others = (line for name, said in item.items() for line in _lines(_scalar(name), said))
    return [f"- {first}", *(f"  {line}" for line in others)]


def _scalar(text: str | int) -> str:
    """A text as YAML, in quotes where it needs them; a number or a flag."""
    if not isinstance(text, str):
        return json.dumps(text)
    # PyYAML knows what YAML 1.1 takes for something else, the reader also what YAML 1.2 does.
    style = None if plain_kind(Scalar(text, True, START)) == "text" else "'"
    dumped: str = yaml.safe_dump(text, default_style=style, allow_unicode=True, width=_WIDE)
    return dumped.removesuffix("\n").removesuffix("\n...")
