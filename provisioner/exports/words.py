"""An export as a flat list of what it says, for whoever compares two."""

import dataclasses
import datetime
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from provisioner.exports.model import Export, Query
from provisioner.exports.template import Template

_SHORT: Final = 60
"""Characters of a statement that is shown whole; of a longer one its beginning, and a checksum that changes with it."""
_MINUTE: Final = datetime.timedelta(minutes=1)


def words_of(export: Export) -> dict[str, str]:
    """What an export says, by where it stands: `schedule`, `core key`, `core fields ethnic codes 20`.

    Defaults are left out. Two exports that would write the same files at the same times say the same.
    """
    said = dict(_of_fields(export))
    for task in export.tasks:
        said |= {f"{task.name} {name}": text for name, text in _of_fields(task) if name != "name"}
    return said


def _of_fields(thing: Any) -> Iterator[tuple[str, str]]:
    for field in dataclasses.fields(thing):
        value = getattr(thing, field.name)
        if field.name not in ("place", "tasks") and value is not None and value != field.default:
            yield from _of_value(field.name, value)


def _of_value(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Query):
        yield name, _of_query(value)
    elif isinstance(value, Template):
        yield name, value.text
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _of_value(f"{name} {key}", inner)
    elif dataclasses.is_dataclass(value):
        for inner_name, text in _of_fields(value):
            yield f"{name} {inner_name}", text
    elif isinstance(value, tuple):
        if value:
            yield name, ", ".join(value)
    elif isinstance(value, datetime.timedelta):
        yield name, f"{value // _MINUTE} minutes"
    else:
        yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _of_query(query: Query) -> str:
    """A statement in one line, with the file that it stands in."""
    where = f"{query.file}: " if query.file else ""
    line = " ".join(query.text.split())
    if line == query.text and len(line) <= _SHORT:
        return f"{where}{line}"
    checksum = hashlib.sha256(query.text.encode()).hexdigest()[:12]
    return f"{where}{line[:_SHORT]}… (sha256 {checksum})"
