"""The window of a run: what its cursor says has changed."""

from provisioner.exports.draft import ExportDraft
from provisioner.reading.document import Report
from provisioner.reading.printable import shown
from provisioner.reading.problem import Rule


def check_window(draft: ExportDraft, report: Report) -> None:
    """A window has a cursor, and nothing else has one, or a lag."""
    windows = 0
    for task in draft.tasks:
        mode = task.any("mode")
        is_window = mode is not None and mode.value == "window"
        windows += is_window
        if is_window and mode is not None and not task.says("cursor"):
            wrong = f"the task '{shown(task.name)}' takes a window, and has no cursor that says when a row changed"
            report(mode.place, Rule.EXPORT_WINDOW, wrong, "add 'cursor:' with the columns that hold the time")
        if task.own is not None and (cursor := task.own.any("cursor")) and not is_window:
            wrong = f"the task '{shown(task.name)}' has a cursor, and takes all rows each time"
            report(cursor.place, Rule.EXPORT_WINDOW, wrong, "write 'mode: window', or remove the cursor")
    for key in ("cursor", "lag"):
        found = draft.values.any(key)
        if found and draft.tasks and not windows:
            wrong = f"there is a {key}, and no task takes a window"
            report(found.place, Rule.EXPORT_WINDOW, wrong, f"write 'mode: window', or remove '{key}'")
