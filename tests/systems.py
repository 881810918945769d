"""The three systems of docs/exports.md side by side, as their dataset files say them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

EXAMPLES: Final = Path(__file__).parents[1] / "examples"
SYSTEMS: Final = {"cds": "CDS", "archive_and_clean": "Archive and clean", "cohorts": "Cohorts"}
"""The folders of the examples, and what their systems are called."""
HEAD: Final = ("Key", *SYSTEMS.values())


def rows() -> Iterator[tuple[str, ...]]:
    """A row for each key of `export` that any of them says, in the order in which they are written."""
    said = [_said(name) for name in SYSTEMS]
    for key in dict.fromkeys(key for export in said for key in export):
        yield f"`{key}`", *(_shown(export[key]) if key in export else "" for export in said)


def _said(name: str) -> dict[str, Any]:
    """What the one dataset file of an example says, with the keys of its first task among those of all."""
    (file,) = (EXAMPLES / name / "push_datasets").glob("*.yaml")
    export: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))["export"]
    tasks = export.pop("tasks", [])
    if tasks:
        export["tasks"] = [task["name"] for task in tasks]
        export |= {key: value for key, value in tasks[0].items() if key != "name"}
    return export


def _shown(value: Any) -> str:
    """A value on one line. Of mappings of mappings the names are enough: the file has the rest."""
    if isinstance(value, dict) and any(isinstance(inner, dict) for inner in value.values()):
        return ", ".join(f"`{name}`" for name in value)
    if isinstance(value, dict):
        return "<br>".join(f"`{name}: {_plain(inner)}`" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{_plain(value)}`"


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
