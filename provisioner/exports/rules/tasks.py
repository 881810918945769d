"""The tasks of an export: that there are some, each with a name of its own, a query and a key."""

import re

from provisioner.exports.draft import ExportDraft
from provisioner.exports.keys import TASK_NAME_PATTERN, TASKS_FOLDER
from provisioner.reading.document import Report
from provisioner.reading.printable import shown
from provisioner.reading.problem import Place, Rule


def check_tasks(draft: ExportDraft, report: Report) -> None:
    """There is a task, and each has a name of its own, a query and a key."""
    places = draft.values.places
    if "tasks" not in places and TASKS_FOLDER not in places:
        wrong = "the export has no tasks"
        report(draft.place, Rule.KEY_MISSING, wrong, f"add 'tasks:' with a list of them, or '{TASKS_FOLDER}'")
    elif "tasks" in places and TASKS_FOLDER in places:
        wrong = f"there are 'tasks' and '{TASKS_FOLDER}'"
        report(places[TASKS_FOLDER], Rule.EXPORT_TASK, wrong, "keep one of the two")
    first: dict[str, Place] = {}
    for task in draft.tasks:
        if not re.fullmatch(TASK_NAME_PATTERN, task.name):
            wrong = f"'{shown(task.name)}' cannot be the name of a task"
            instead = "write at most 63 lower case letters, digits, underscores and hyphens"
            report(task.place, Rule.EXPORT_TASK, wrong, instead)
        elif first.setdefault(task.name, task.place) != task.place:
            wrong = f"there is a task '{task.name}' in line {first[task.name].line} already"
            report(task.place, Rule.EXPORT_TASK, wrong, "give one of the two another name")
        if not task.says("query") and task.own is not None:
            wrong = f"the task '{task.name}' has no query"
            report(task.place, Rule.KEY_MISSING, wrong, "add 'query:' with a SELECT, or with the name of a file")
        if not task.says("key"):
            wrong = f"nothing says how the files of the task '{task.name}' are called"
            report(task.place, Rule.KEY_MISSING, wrong, "add 'key:', to the task or to all in 'export'")
