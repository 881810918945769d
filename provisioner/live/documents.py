"""What a policy document says, in a form that two documents share if they say the same."""

import itertools
import json
from collections.abc import Iterator
from typing import Any, Final

_SPLIT: Final = ("Sid", "Action", "Resource", "Condition")


def says(document: Any) -> frozenset[str]:
    """Each single thing that a document allows or denies: one action, on one resource, under one prefix.

    So it does not matter how the things are shared out over statements, in which order they stand, what a statement is
    called, or whether a list of one is written as the item. What a file means is a part of what is deployed exactly if
    this is a subset.

    Args:
        document: as JSON has it, as AWS keeps it; None for no document, which says nothing.
    """
    if document is None:
        return frozenset()
    return frozenset(single for statement in _items(document["Statement"]) for single in _singles(statement))


def _singles(statement: dict[str, Any]) -> Iterator[str]:
    condition = {operator: dict(keys) for operator, keys in statement.get("Condition", {}).items()}
    # The one condition of ours that lists places of several datasets. The others hold for a statement as a whole.
    prefixes = condition.get("StringLike", {}).pop("s3:prefix", None)
    rest = {key: value for key, value in statement.items() if key not in _SPLIT}
    shared = json.dumps([_alike(rest), _alike({key: held for key, held in condition.items() if held})])
    for one in itertools.product(*map(_items, (statement.get("Action"), statement.get("Resource"), prefixes))):
        yield f"{json.dumps(one)} {shared}"


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _alike(value: Any) -> Any:
    """Objects by their keys, and all else as a sorted list of texts."""
    if isinstance(value, dict):
        return sorted((key, _alike(one)) for key, one in value.items())
    return sorted({str(one).lower() if isinstance(one, bool) else str(one) for one in _items(value)})
