"""Keys that two tasks, or a task and the manifest, could both give a file."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from provisioner.exports.draft import ExportDraft
from provisioner.exports.placeholders import OF_FILE, OF_MANIFEST, Holds, Pattern, could_be_equal, pattern_of
from provisioner.exports.rules.file_keys import read_template
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
        pattern = _pattern(found, {"task": task.name, "format": task.format}, OF_FILE, task.partition_columns)
        if found and pattern and task.name not in seen:  # of two tasks of one name that is said already
            seen.add(task.name)
            patterns.append((f"the task '{shown(task.name)}'", found.place, pattern))
    manifest = draft.values.record("manifest")
    key = manifest.value.text("key") if manifest else None
    if key and (pattern := _pattern(key, {}, OF_MANIFEST, ())):
        patterns.append(("the manifest", key.place, pattern))
    for (one, _, a), (other, place, b) in combinations(patterns, 2):
        if could_be_equal(a, b):
            wrong = f"{one} and {other} could have files of the same key"
            report(place, Rule.EXPORT_KEY_TWICE, wrong, "write '{task}' into the key, or begin each with another word")


def _pattern(
    found: Found[Any] | None, known: Mapping[str, str], holds: Mapping[str, Holds], columns: tuple[str, ...] | None
) -> Pattern | None:
    """What a template can give; None where there is none, or none that is right."""
    pieces = None if found is None else read_template(found, holds, columns, lambda *_: None)
    return None if pieces is None else pattern_of(pieces, known, holds)
