"""What a file may say: the type of each key, and the values that a mapping has by such a table."""

import datetime
import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Generic, NamedTuple, TypeVar

from provisioner.reading.document import Report
from provisioner.reading.nodes import Node, Scalar, plain_kind
from provisioner.reading.printable import shown
from provisioner.reading.problem import START, Place, Rule

_PLAIN: Final = re.compile(r"[\w/].*|\"[^\"]*\"")
"""A text that begins with no sign of YAML's, or is in quotes already."""

T = TypeVar("T")


class Type(StrEnum):
    """The type of a key's value, in the words of an error message."""

    TEXT = "a text"
    TEXTS = "a list"
    TEXT_OR_TEXTS = "a text or a list of texts"
    FLAG = "true or false"
    DATE = "a date"
    NUMBER = "a whole number"
    TEXT_MAP = "lines of the form 'key: value'"
    RECORDS = "a list of entries"
    RECORD = "a mapping"
    RECORD_MAP = "a mapping of mappings"
    LINES = "a text of one or more lines"
    DURATION = "a duration"


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key of a file: what it may hold, and what it means."""

    name: str
    type: Type
    description: str
    example: Any
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    max_length: int | None = None
    """Characters of a text, or of each text of a list."""
    schema: Mapping[str, Any] = field(default_factory=dict)
    """More of its JSON Schema (draft-07), such as a pattern, that an editor can check while one types."""
    also_called: tuple[str, ...] = ()
    """Other words people write for it."""
    fields: tuple["Key", ...] = ()
    """The keys of a mapping, of each mapping in one, or of each entry of a list of entries."""
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """Keys that people write into it and that have their place elsewhere, and where that is."""


class Text(NamedTuple):
    """A text and its place."""

    text: str
    place: Place


class Found(Generic[T]):
    """The value of a key, and the value's place."""

    __slots__ = ("place", "value")

    def __init__(self, value: T, place: Place) -> None:
        """A value at `place`."""
        self.value = value
        self.place = place


class Values:
    """The values of a mapping whose type is right, by key."""

    __slots__ = ("_found", "place", "places")

    def __init__(self, found: dict[str, Found[Any]], places: Mapping[str, Place], place: Place) -> None:
        """`places` are those of all keys that the file has, whether their value could be read or not."""
        self._found = found
        self.places = places
        self.place = place

    def at(self, place: Place) -> "Values":
        """The same values, said to stand elsewhere."""
        return Values(self._found, self.places, place)

    def text(self, key: str) -> Found[str] | None:
        """The value of a text or choice."""
        return self._found.get(key)

    def texts(self, key: str) -> Found[tuple[Text, ...]] | None:
        """The value of a list of texts, or of a text or list."""
        return self._found.get(key)

    def number(self, key: str) -> Found[int] | None:
        """The value of a whole number."""
        return self._found.get(key)

    def date(self, key: str) -> Found[datetime.date] | None:
        """The value of a date."""
        return self._found.get(key)

    def any(self, key: str) -> Found[Any] | None:
        """The value of a key of whatever type."""
        return self._found.get(key)

    def required(self, key: str) -> Any:
        """The value of a key of whatever type that is known to be there."""
        return self._found[key].value

    def by_key(self) -> dict[str, Any]:
        """The values alone, of whatever types, in a dictionary of the caller's own."""
        return {key: found.value for key, found in self._found.items()}

    def records(self, key: str) -> Found[tuple["Values", ...]] | None:
        """The entries of a list whose every field could be read, each with its place."""
        return self._found.get(key)

    def record(self, key: str) -> Found["Values"] | None:
        """The value of a mapping whose required keys could be read."""
        return self._found.get(key)

    def record_map(self, key: str) -> Found[dict[str, "Values"]] | None:
        """The mappings of a mapping by their names, each with the place of its name."""
        return self._found.get(key)

    def duration(self, key: str) -> Found[datetime.timedelta] | None:
        """The value of a duration."""
        return self._found.get(key)

    def text_map(self, key: str) -> Found[dict[str, tuple[Text, Text]]] | None:
        """The value of a mapping from text to text, each with its place."""
        return self._found.get(key)


def report_missing(values: Values, keys: Iterable[Key], report: Report) -> None:
    """Report each required key that is not there, at the first line of the mapping."""
    for key in keys:
        if key.required and key.name not in values.places:
            report(values.place, Rule.KEY_MISSING, f"'{key.name}' is missing", f"add {advice(key)}")


def nearest_key(name: str, keys: Iterable[Key]) -> str | None:
    """The known key that somebody who wrote `name` most likely meant."""
    known = list(keys)
    lowered = name.lower().replace("-", "_")
    for key in known:
        if lowered == key.name or lowered in key.also_called:
            return key.name
    close = difflib.get_close_matches(lowered, [key.name for key in known], n=1, cutoff=0.6)
    return close[0] if close else None


def advice(key: Key, node: Node | None = None) -> str:
    """What would be right, for the end of an error message: what stands there written rightly, or an example."""
    if key.type is Type.TEXTS:
        if isinstance(node, Scalar) and plain_kind(node) == "text":
            items = " and ".join(f"'- {shown(item.strip(' -'))}'" for item in node.text.split(",") if item.strip(" -"))
            return f"'{key.name}:' and under it, each on a line of its own, {items}"
        return f"'{key.name}:' and under it lines such as '- {_sample(key)}'"
    if key.type is Type.RECORDS:
        first, *others = (f"{field.name}: {_sample(field)}" for field in key.fields if field.required)
        indented = " and ".join(f"'{line}'" for line in others)
        return f"'{key.name}:' and under it, for each, '- {first}' and, indented as its first word is, {indented}"
    if key.type in (Type.RECORD, Type.RECORD_MAP):
        name, said = next(iter(key.example.items()))
        return f"'{key.name}:' and under it, indented, lines such as '{name}: {flow(said)}'"
    if key.type is Type.TEXT_MAP:
        name, text = next(iter(key.example.items()))
        return f"'{key.name}:' and under it, indented, lines such as '{as_written(name)}: {as_written(text)}'"
    if key.type is Type.FLAG:
        return f"'{key.name}: true' or '{key.name}: false'"
    return f"a line such as '{key.name}: {_sample(key)}'"


def flow(said: object) -> str:
    """A value of whatever shape as YAML writes it on one line."""
    if isinstance(said, Mapping):
        return f"{{{', '.join(f'{as_written(name)}: {flow(value)}' for name, value in said.items())}}}"
    if isinstance(said, (list, tuple)):
        return f"[{', '.join(map(flow, said))}]"
    return json.dumps(said)


def _sample(key: Key) -> str:
    """The example of a key as a file must say it."""
    example = key.example[0] if isinstance(key.example, (list, tuple)) else key.example
    return as_written(example) if key.type is Type.TEXT else str(example)


def as_written(text: str) -> str:
    """A text as a file must say it: in quotes, where YAML would take it for something else."""
    is_text = _PLAIN.fullmatch(text) and plain_kind(Scalar(text, True, START)) == "text"
    return text if is_text else f'"{text}"'
