"""An export that comes, changes or goes, in sentences."""

from collections.abc import Iterator

from provisioner.changes.change import Change
from provisioner.changes.exports import ExportChange
from provisioner.changes.sentence import Sentence
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.exports.model import Task
from provisioner.reporting.exports import files_of, statement_of, when_of
from provisioner.settings import Settings


def export_lines(change: ExportChange, settings: Settings) -> Iterator[Sentence]:
    """What runs when, and for each task what it takes and where it goes; as it is after, or was."""
    export, dataset = change.latest, change.dataset
    does = "is no longer" if change.change is Change.GOES else "is"
    yield Sentence(
        f"{{}} {does} exported from the source {{}}, {{:plain}}", (dataset.name, export.source, when_of(export))
    )
    if change.change is Change.GOES:
        return
    for task in export.tasks:
        yield _task_line(task, dataset, settings)


def _task_line(task: Task, dataset: PushDataset | PullDataset, settings: Settings) -> Sentence:
    files = files_of(task, dataset, settings)
    words, names = "{} runs {} and writes {}", [task.name, statement_of(task.query), files]
    if task.delete is not None:
        words += ", then **deletes** what it wrote by {}"
        names.append(statement_of(task.delete))
    return Sentence(words, tuple(names))
