"""An export as the model has it, made of a draft in which nothing is wrong."""

from typing import Any, Final

from provisioner.exports.draft import ExportDraft, TaskDraft
from provisioner.exports.model import (
    Export,
    Field,
    Format,
    Freshness,
    LedgerPlace,
    LineEnd,
    Manifest,
    Mode,
    Package,
    Publish,
    Quote,
    Task,
    WhenEmpty,
)
from provisioner.exports.template import Template
from provisioner.reading.keys import Text, Values

_CHOICES: Final = {
    "mode": Mode,
    "format": Format,
    "publish": Publish,
    "when_empty": WhenEmpty,
    "quote": Quote,
    "line_end": LineEnd,
}
_AS_THEY_ARE: Final = ("root", "record", "compression", "records_per_part")


def typed(draft: ExportDraft) -> Export:
    """The export that a draft says; where it says nothing of a key, the model says what that means."""
    values = draft.values
    said = {
        name: values.required(name)
        for name in ("source", "schedule", "timezone", "lag", "parallel")
        if values.any(name)
    }
    if ledger := values.text("ledger"):
        said["ledger"] = LedgerPlace(ledger.value)
    if freshness := values.record("freshness"):
        said["freshness"] = Freshness(**freshness.value.by_key())
    if manifest := values.record("manifest"):
        said["manifest"] = _manifest(manifest.value)
    return Export(**said, tasks=tuple(map(_task, draft.tasks)), place=draft.place)


def _task(draft: TaskDraft) -> Task:
    said: dict[str, Any] = {}
    for name in _AS_THEY_ARE:
        if found := draft.any(name):
            said[name] = found.value
    for name, choice in _CHOICES.items():
        if found := draft.any(name):
            said[name] = choice(found.value)
    for name in ("cursor", "order"):
        if found := draft.any(name):
            said[name] = _texts(found.value)
    if found := draft.any("fields"):
        said["fields"] = {name: _field(field) for name, field in found.value.items()}
    if found := draft.any("package"):
        said["package"] = _package(found.value)
    if "when_empty" not in said:
        replaced = said.get("mode", Mode.WHOLE) is Mode.WHOLE and said.get("publish") is Publish.REPLACE
        said["when_empty"] = WhenEmpty.WRITE if replaced else WhenEmpty.SKIP
    query, key = draft.query, draft.any("key")
    if query is None or key is None:
        raise ValueError(f"the task {draft.name} has no query or no key")
    return Task(
        **said,
        name=draft.name,
        query=query,
        key=Template(key.value),
        delete=draft.delete,
        partitions=draft.partitions,
        place=draft.place,
    )


def _field(values: Values) -> Field:
    said = values.by_key()
    if codes := values.text_map("codes"):
        said["codes"] = _map(codes.value)
    return Field(**said)


def _package(values: Values) -> Package:
    said = values.by_key()
    count = tuple(said.pop("count", "").split("/")) if "count" in said else ()
    return Package(part=Template(said.pop("part")), count=count, **said)


def _manifest(values: Values) -> Manifest:
    columns = _map(values.required("columns"))
    return Manifest(
        key=Template(values.required("key")), columns={name: Template(text) for name, text in columns.items()}
    )


def _map(said: dict[str, tuple[Text, Text]]) -> dict[str, str]:
    return {name.text: text.text for name, text in said.values()}


def _texts(listed: tuple[Text, ...]) -> tuple[str, ...]:
    return tuple(text for text, _ in listed)
