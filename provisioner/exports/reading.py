"""From what a dataset file says under `export` to an export: parsed, every rule asked, and typed if none is broken."""

from functools import partial

from provisioner.exports.draft import ExportDraft
from provisioner.exports.files import Folder
from provisioner.exports.model import Export
from provisioner.exports.statements import Statements
from provisioner.exports.tasks import draft_tasks
from provisioner.exports.typed import typed
from provisioner.reading.document import Report
from provisioner.reading.keys import Values
from provisioner.reading.problem import Place, Rule
from provisioner.settings import Settings

Said = tuple[Place, Rule, str, str]
"""A problem of the dataset file."""


def read_export(dataset: Values, folder: Folder, *, retired: bool, settings: Settings, report: Report) -> Export | None:
    """The export that a dataset file says; None, with everything that is wrong with it reported, where it says none.

    Args:
        dataset: what could be read of the file.
        folder: the files beside the dataset file.
        retired: whether the dataset is.
        settings: of the stack.
        report: takes the problems of the dataset file.
    """
    found = dataset.record("export")
    if found is None:
        return None
    problems: dict[Said, None] = {}  # what stands once for all tasks is wrong once
    note = partial(_note, problems)
    statements = Statements(folder=folder, report=note)
    draft = ExportDraft(
        place=dataset.places["export"],
        values=found.value,
        tasks=draft_tasks(found.value, statements),
        retired=retired,
        settings=settings,
    )
    for said in problems:
        report(*said)
    return None if problems else typed(draft)


def _note(problems: dict[Said, None], place: Place, rule: Rule, wrong: str, instead: str) -> None:
    problems[place, rule, wrong, instead] = None
