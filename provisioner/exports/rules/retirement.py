"""The export of a dataset that is retired."""

from provisioner.exports.draft import ExportDraft
from provisioner.reading.document import Report
from provisioner.reading.problem import Rule


def check_retirement(draft: ExportDraft, report: Report) -> None:
    """A retired dataset gets no more files."""
    if draft.retired:
        wrong = "the dataset is retired, and nothing may be written to it any more"
        report(draft.place, Rule.EXPORT_RETIRED, wrong, "remove 'export', and the folder with its SQL")
