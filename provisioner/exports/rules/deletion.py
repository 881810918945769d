"""The deletion of what was exported: it is only ever of rows that a file holds for good."""

from provisioner.exports.draft import ExportDraft
from provisioner.reading.document import Report
from provisioner.reading.printable import shown
from provisioner.reading.problem import Rule


def check_deletion(draft: ExportDraft, report: Report) -> None:
    """What is deleted is recorded in the same transaction, is all that was exported, and is in a file that stays."""
    ledger = draft.values.text("ledger")
    for task in draft.tasks:
        if task.delete is None:
            continue
        place, named = task.delete.place, shown(task.name)
        mode, publish = task.any("mode"), task.any("publish")
        if ledger is not None and ledger.value == "file":
            wrong = f"the task '{named}' deletes, and a ledger in a file cannot be written in the same transaction"
            report(place, Rule.EXPORT_DELETE, wrong, "remove 'ledger: file', or the deletion")
        if mode is not None and mode.value == "window":
            wrong = f"the task '{named}' exports a window, and would delete rows outside of it"
            report(place, Rule.EXPORT_DELETE, wrong, "remove the deletion, or 'mode: window'")
        if publish is not None and publish.value == "replace":
            wrong = f"the task '{named}' deletes rows, and the next run would replace the only file that has them"
            report(place, Rule.EXPORT_DELETE, wrong, "write 'publish: once', or remove the deletion")
