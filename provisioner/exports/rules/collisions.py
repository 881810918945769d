"""Keys that two tasks, or a task and the manifest, could both give a file."""

from itertools import combinations
from typing import Any

from provisioner.exports.draft import ExportDraft, TaskDraft
from provisioner.exports.placeholders import OF_FILE, Pattern, could_be_equal, pattern_of, pieces_of
from provisioner.reading.document import Report
from provisioner.reading.keys import Found
from provisioner.reading.printable import shown
from provisioner.reading.problem import Place, Rule


def check_collisions(draft: ExportDraft, report: Report) -> None:
    """No two tasks can give their files the same key, nor one the manifest's."""
    patterns: list[tuple[str, Place, Pattern]] = []
    seen = set()
    for task in draft.tasks:
        found = task.any("key")
        pattern = _pattern(found, {"task": task.name, "format": _format(task)})
        if found and pattern and task.name not in seen:  # of two tasks of one name that is said already
            seen.add(task.name)
            patterns.append((f"the task '{shown(task.name)}'", found.place, pattern))
    manifest = draft.values.record("manifest")
    key = manifest.value.text("key") if manifest else None
    if key and (pattern := _pattern(key, {})):
        patterns.append(("the manifest", key.place, pattern))
    for (one, _, a), (other, place, b) in combinations(patterns, 2):
        if could_be_equal(a, b):
            wrong = f"{one} and {other} could have files of the same key"
            report(place, Rule.EXPORT_KEY_TWICE, wrong, "write '{task}' into the key, or begin each with another word")


def _pattern(found: Found[Any] | None, known: dict[str, str]) -> Pattern | None:
    if found is None:
        return None
    try:
        return pattern_of(pieces_of(found.value), known, OF_FILE)
    except ValueError:
        return None


def _format(task: TaskDraft) -> str:
    found = task.any("format")
    return found.value if found else "csv.gz"
