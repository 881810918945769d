"""The tasks of an export: those that its file lists, or those that a folder holds."""

from collections.abc import Iterator

from provisioner.exports.draft import TaskDraft
from provisioner.exports.keys import TASKS_FOLDER
from provisioner.exports.model import Query
from provisioner.exports.query import parse_delete, parse_query
from provisioner.exports.statements import Parse, Statements
from provisioner.reading.keys import Found, Values
from provisioner.reading.printable import shown
from provisioner.reading.problem import START, Place, Rule

SELECT_FILE = "select.sql"
DELETE_FILE = "delete.sql"


def draft_tasks(values: Values, statements: Statements) -> tuple[TaskDraft, ...]:
    """The tasks that an export has, by what could be read of it, in the order of its file or of their names."""
    folder = values.text(TASKS_FOLDER)
    if folder is not None:
        return tuple(_of_folder(folder, values, statements))
    listed = values.records("tasks")
    return tuple(_listed(task, values, statements) for task in listed.value) if listed else ()


def _listed(own: Values, defaults: Values, statements: Statements) -> TaskDraft:
    def said(key: str) -> Found[str] | None:
        return own.text(key) if key in own.places else defaults.text(key)

    return TaskDraft(
        name=own.required("name"),
        place=own.place,
        own=own,
        defaults=defaults,
        query=statements.query(said("query")),
        delete=statements.delete(said("delete")),
        partitions=statements.query(said("partitions")),
    )


def _of_folder(named: Found[str], defaults: Values, statements: Statements) -> Iterator[TaskDraft]:
    """A task of each folder in the folder `named`."""
    folder = statements.folder
    inside = f"{named.value.strip('/')}/"
    found: dict[str, set[str]] = {}
    for file in sorted(folder.files):
        if file.startswith(inside):
            task, slash, name = file.removeprefix(inside).partition("/")
            if slash:
                found.setdefault(task, set()).add(name)
    if not found:
        wrong = f"there is no folder of a task in {folder.path(shown(named.value))}"
        statements.report(named.place, Rule.EXPORT_FILE, wrong, f"add one, with a {SELECT_FILE} in it")
    for task, names in found.items():
        if SELECT_FILE not in names:
            wrong = f"the task {shown(task)} has no {SELECT_FILE}"
            folder.report(f"{inside}{task}", START, Rule.EXPORT_FILE, wrong, "add it, or delete the folder")
        yield TaskDraft(
            name=task,
            place=named.place,
            own=None,
            defaults=defaults,
            query=_file(f"{inside}{task}/{SELECT_FILE}", named.place, statements, parse_query),
            delete=_file(f"{inside}{task}/{DELETE_FILE}", named.place, statements, parse_delete),
            partitions=statements.query(defaults.text("partitions")),
        )


def _file(name: str, place: Place, statements: Statements, parse: Parse) -> Query | None:
    return statements.of_file(name, place, parse) if name in statements.folder.files else None
