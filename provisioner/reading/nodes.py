"""What a file holds, as nodes that know their place, whoever read it."""

import re
from typing import Final

from yaml.resolver import Resolver

from provisioner.reading.problem import Place


class Scalar:
    """A single value: its text, and whether it stood plain, without quotes."""

    __slots__ = ("place", "plain", "text")

    def __init__(self, text: str, plain: bool, place: Place) -> None:
        """A scalar at `place`."""
        self.text = text
        self.plain = plain
        self.place = place


class Sequence:
    """A list of nodes."""

    __slots__ = ("items", "place")

    def __init__(self, place: Place) -> None:
        """An empty sequence at `place`."""
        self.items: list[Node] = []
        self.place = place


class Mapping:
    """Keys and their nodes, each key once."""

    __slots__ = ("entries", "place")

    def __init__(self, place: Place) -> None:
        """An empty mapping at `place`."""
        self.entries: dict[str, tuple[Place, Node]] = {}
        self.place = place


class Unreadable:
    """Stands where a value was refused; the problem is already reported."""

    __slots__ = ("place",)

    def __init__(self, place: Place) -> None:
        """A refused value at `place`."""
        self.place = place


Node = Scalar | Sequence | Mapping | Unreadable


def said_by(node: Node | None) -> object:
    """What a node says, wherever it stands and whatever is said beside it in comments: equal where it is the same."""
    if isinstance(node, Scalar):
        return node.text, plain_kind(node)
    if isinstance(node, Sequence):
        return [said_by(item) for item in node.items]
    if isinstance(node, Mapping):
        return {key: said_by(value) for key, (_, value) in node.entries.items()}
    return None


_KINDS: Final = {
    "tag:yaml.org,2002:bool": "a boolean",
    "tag:yaml.org,2002:int": "a number",
    "tag:yaml.org,2002:float": "a number",
    "tag:yaml.org,2002:null": "nothing",
    "tag:yaml.org,2002:timestamp": "a date",
    "tag:yaml.org,2002:merge": "a merge key",
    "tag:yaml.org,2002:value": "a default value",
}

# YAML 1.2.2, "10.3.2. Tag Resolution", the core schema.
NUMBER_OF_YAML_1_2: Final = re.compile(r"(0o[0-7]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)\Z")

_PATTERNS: Final = {
    first: [
        *((_KINDS[tag], pattern) for tag, pattern in Resolver.yaml_implicit_resolvers.get(first, ()) if tag in _KINDS),
        *([("a number", NUMBER_OF_YAML_1_2)] if first in "0123456789.+-" else []),
    ]
    for first in (*Resolver.yaml_implicit_resolvers, *"0123456789.+-")
}
"""By the first character of a plain scalar, what it may be and the pattern that says so."""


def plain_kind(scalar: Scalar) -> str:
    """What YAML makes of a scalar: "text", "a boolean", "a number", "a date", "nothing" and rarer things.

    The table of patterns is PyYAML's own, so that this says what any YAML 1.1 reader would see; what only YAML 1.2,
    which editors read, takes for a number is one too.
    """
    text = scalar.text
    if not scalar.plain:
        return "text"
    if not text:
        return "nothing"
    for kind, pattern in _PATTERNS.get(text[0], ()):
        if pattern.match(text):
            return kind
    return "text"
