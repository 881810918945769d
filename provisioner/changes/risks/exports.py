"""What is exported: from where, by which query, when, and what is deleted for it."""

from collections.abc import Iterator

from provisioner.changes.change import Change
from provisioner.changes.context import Context
from provisioner.changes.exports import ExportChange, said
from provisioner.changes.risks.risk import Risk, RiskFound, at
from provisioner.changes.sentence import sentence
from provisioner.exports.model import Export, Task

_LEAVES = ("query", "partitions", "fields", "mode", "cursor")
"""What decides which rows and fields leave the database."""


def exports(context: Context) -> Iterator[RiskFound]:
    """An export that comes or goes, or another source, query, deletion or schedule."""
    for change in context.exports:
        yield from _deletions(change)
        if change.change is Change.CHANGES:
            yield from _changes(change)
        elif change.change is Change.COMES:
            yield at(
                Risk.EXPORT_NEW,
                change.dataset,
                "export",
                sentence("{} gets its files from the source {}", change.dataset.name, change.latest.source),
                "Read its queries: all that they select leaves, whoever put it into the database",
            )
        else:
            what = sentence("the files of {} are no longer made", change.dataset.name)
            yield at(Risk.EXPORT_REMOVED, change.dataset, "export", what, "Make sure that the receiving team knows")


def _changes(change: ExportChange) -> Iterator[RiskFound]:
    before, after, name = change.before, change.after, change.dataset.name
    if before is None or after is None:
        return
    if before.source != after.source:
        yield at(
            Risk.EXPORT_SOURCE_CHANGED,
            change.dataset,
            "export",
            sentence("{} is exported from the source {}, no longer from {}", name, after.source, before.source),
            "Make sure that the other database is meant; its ledger begins anew, numbers and cursors too",
        )
    old = {task.name: task for task in before.tasks}
    for task in after.tasks:
        if _leaves(before, old.get(task.name)) != _leaves(after, task):
            words = "what {} exports as {} changes" if task.name in old else "{} exports {} besides"
            yield at(
                Risk.EXPORT_QUERY_CHANGED,
                change.dataset,
                "export",
                sentence(words, name, task.name),
                "Read the query as it is now: all that it selects leaves",
            )
    if (before.schedule, before.timezone) != (after.schedule, after.timezone):
        yield at(
            Risk.EXPORT_SCHEDULE_CHANGED,
            change.dataset,
            "export",
            sentence("{} is exported at other times", name),
            "Make sure that the receiving team expects its files then, and that the database is not busy",
        )


def _deletions(change: ExportChange) -> Iterator[RiskFound]:
    """What deletes rows of the source, where it did not, or did it otherwise."""
    before = {task.name: task.delete.text for task in change.before.tasks if task.delete} if change.before else {}
    for task in change.after.tasks if change.after else ():
        if task.delete is not None and before.get(task.name) != task.delete.text:
            yield at(
                Risk.EXPORT_DELETES,
                change.dataset,
                "export",
                sentence(
                    "{} **deletes** rows of the source once they are exported as {}", change.dataset.name, task.name
                ),
                "Make sure that whoever owns the database agrees, and that what it deletes is what the query selects",
            )


def _leaves(export: Export, task: Task | None) -> dict[str, str]:
    """What a task says of the rows and fields that leave."""
    if task is None:
        return {}
    begins = tuple(f"task {task.name} {name}" for name in _LEAVES)
    return {key: value for key, value in said(export).items() if key.startswith(begins)}
