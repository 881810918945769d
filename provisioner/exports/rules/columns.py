"""The columns that an export speaks of: each is one that its query selects."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from provisioner.exports.draft import ExportDraft, TaskDraft
from provisioner.reading.document import Report
from provisioner.reading.keys import Values
from provisioner.reading.printable import shown
from provisioner.reading.problem import Place, Rule

_WHAT: Final = {"cursor": "the cursor", "order": "the order's column"}


def check_columns(draft: ExportDraft, report: Report) -> None:
    """Cursor, order and fields are selected, no two fields have one name, and something is left to be written."""
    for task in draft.tasks:
        columns = None if task.query is None else task.query.columns
        for what, name, place in _spoken_of(task):
            if columns is not None and name not in columns:
                wrong = f"{what} '{shown(name)}' is not selected by the query of the task '{shown(task.name)}'"
                report(place, Rule.EXPORT_COLUMN, wrong, f"select it, or write one of {_listed(columns)}")
        if columns is not None and task.query is not None:
            _check_names(task, columns, task.query.place, report)
        _check_since(task, report)


def _spoken_of(task: TaskDraft) -> Iterator[tuple[str, str, Place]]:
    for key, what in _WHAT.items():
        if found := task.any(key):
            yield from ((what, name, place) for name, place in found.value)
    # What stands for all tasks need not be of each: not every query has every column.
    if task.own is not None and (fields := task.own.record_map("fields")):
        yield from (("the field", name, values.place) for name, values in fields.value.items())


def _fields(task: TaskDraft) -> dict[str, Values]:
    found = task.any("fields")
    return found.value if found else {}


def _check_names(task: TaskDraft, columns: tuple[str, ...], place: Place, report: Report) -> None:
    fields = _fields(task)
    written = []
    for column in columns:
        said = fields.get(column)
        hidden = said.any("hidden") if said else None
        if not (hidden and hidden.value):
            renamed = said.text("name") if said else None
            written.append(renamed.value if renamed else column)
    if not written:
        report(place, Rule.EXPORT_COLUMN, "every column is hidden, and none is left to be written", "show one")
    for name, times in Counter(written).items():
        if times > 1:
            wrong = f"{times} fields of the task '{shown(task.name)}' have the name '{shown(name)}'"
            report(place, Rule.EXPORT_COLUMN, wrong, "give each a name of its own")


def _check_since(task: TaskDraft, report: Report) -> None:
    if task.partitions is not None or task.says("partitions"):
        return
    for name, values in _fields(task).items():
        if since := values.text("since"):
            wrong = f"'{shown(name)}' begins in a partition, and the task '{shown(task.name)}' has none"
            report(since.place, Rule.EXPORT_COLUMN, wrong, "remove 'since', or add 'partitions'")


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(map(shown, columns[:12])) + (", …" if len(columns) > 12 else "")
