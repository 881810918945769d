"""An export in words: what a run of it will do."""

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from exporter.reporting.moments import moment
from exporter.schedule import next_run
from provisioner.exports.model import Export, LedgerPlace, Mode, Publish, Query, Task, WhenEmpty
from provisioner.exports.source import variable_of
from provisioner.exports.template import Template, Value
from provisioner.reading.printable import printable
from provisioner.reporting.amounts import age
from provisioner.reporting.json_text import json_text
from provisioner.reporting.terminal import Style

JSON_VERSION: Final = 1
"""Raised when a field of the JSON changes its meaning or goes."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is explained."""

    name: str
    target: str
    """The target's URL."""
    export: Export
    at: datetime.datetime
    """When it is asked; the examples are of a run that begins then."""


class _Unknown(str):
    """Stands for a value that only the data has, whatever its format."""

    def __format__(self, _spec: str) -> str:
        return f"<{self}>"


class _Examples(dict[str, Value]):
    """The values of an example; a partition's columns are shown by their names."""

    def __missing__(self, name: str) -> Value:
        return _Unknown(name)


def example_key(template: Template, task: str, subject: Subject) -> str:
    """A key as a first, full run makes it, such as `core_<start_year>_f0001_inc0001.zip`."""
    from zoneinfo import ZoneInfo

    return template.render(
        _Examples(
            task=task,
            time=subject.at.astimezone(ZoneInfo(subject.export.timezone)),
            run=1,
            base=1,
            increment=1,
            part=1,
        )
    )


def as_text(subject: Subject, style: Style) -> str:
    """A block for the export, and one for each task."""
    lines = [f"{style.bold(subject.name)} into {printable(subject.target)}", *_rows(_of_export(subject), 2)]
    for task in subject.export.tasks:
        lines += ["", f"  {style.bold(printable(task.name))}", *_rows(_of_task(task, subject), 4)]
    return "\n".join(lines) + "\n"


def _rows(rows: Mapping[str, str], indent: int) -> Iterator[str]:
    width = max(map(len, rows))
    for name, said in rows.items():
        yield f"{' ' * indent}{name.ljust(width)}  {printable(said)}"


def _of_export(subject: Subject) -> dict[str, str]:
    export = subject.export
    rows = {
        "source": f"{export.source}, whose URL is in {variable_of(export.source)}",
        "schedule": _schedule(subject),
        "ledger": "in the source, schema exporter" if export.ledger is LedgerPlace.SOURCE else "in a file of its own",
        "freshness": _freshness(export),
    }
    if any(task.mode is Mode.WINDOW for task in export.tasks):
        rows["windows"] = (
            "end before the oldest transaction that is still open"
            if export.lag is None
            else f"end {age(export.lag)} before a run begins"
        )
    if export.parallel > 1:
        rows["parallel"] = f"{export.parallel} tasks or partitions at a time, all of one snapshot"
    if export.manifest:
        rows["manifest"] = f"{example_key(export.manifest.key, '', subject)}, of each run, put once"
    return rows


def _schedule(subject: Subject) -> str:
    due = next_run(subject.export, subject.at)
    if due is None:
        return "none: it is run by hand"
    return f"{subject.export.schedule} in {subject.export.timezone}, next on {due:%A, %Y-%m-%d at %H:%M %Z}"


def _freshness(export: Export) -> str:
    rule = export.freshness
    said = [
        f"{what} after {age(span)} without a good run"
        for what, span in (("a warning", rule.warn_after), ("an error", rule.error_after))
        if span is not None
    ]
    return ", ".join(said) or "no rule"


def _of_task(task: Task, subject: Subject) -> dict[str, str]:
    rows = {"rows": _selected(task)}
    if task.partitions:
        rows["partitions"] = f"a row each of {_query(task.partitions)}, with files, numbers and cursor of its own"
    rows["files"] = _files(task)
    rows["key"] = f"{example_key(task.key, task.name, subject)}, {_published(task)}"
    rows["no rows"] = "no file" if task.when_empty is WhenEmpty.SKIP else "a file without rows"
    rows["no rows"] += "; recorded as empty"
    if task.delete:
        rows["delete"] = (
            f"{_query(task.delete)}, in the transaction that records the files; it must delete as many rows as were "
            "exported, in the snapshot that they were read in, or nothing is deleted or published"
        )
    return rows


def _selected(task: Task) -> str:
    query = _query(task.query)
    if task.mode is Mode.WHOLE:
        return f"all of {query}, each time"
    return f"those of {query} whose {' or '.join(task.cursor)} lies between the last run's window and this one's end"


def _query(query: Query) -> str:
    return query.file or "the query in the dataset file"


def _files(task: Task) -> str:
    said = task.format.value
    if task.records_per_part:
        said += f", at most {task.records_per_part:,} records a {'part' if task.package else 'file'}"
    return f"{said}, in one zip" if task.package else said


def _published(task: Task) -> str:
    if task.publish is Publish.ONCE:
        return "put once: it never overwrites"
    return "which replaces the one before, whole"


def as_json(subject: Subject, _style: Style) -> str:
    """An object."""
    export = subject.export
    due = next_run(export, subject.at)
    said: dict[str, Any] = {
        "version": JSON_VERSION,
        "name": subject.name,
        "target": subject.target,
        "source": export.source,
        "schedule": export.schedule,
        "timezone": export.timezone,
        "next_run": moment(due),
        "ledger": export.ledger.value,
        "tasks": [
            {
                "name": task.name,
                "mode": task.mode.value,
                "cursor": list(task.cursor),
                "partitions": task.partitions is not None,
                "format": task.format.value,
                "example_key": example_key(task.key, task.name, subject),
                "publish": task.publish.value,
                "when_empty": task.when_empty.value,
                "deletes": task.delete is not None,
            }
            for task in export.tasks
        ],
    }
    return json_text(said) + "\n"


FORMATS: Final[dict[str, Callable[[Subject, Style], str]]] = {"text": as_text, "json": as_json}
