"""How old an export may become before somebody is told."""

from provisioner.exports.draft import ExportDraft
from provisioner.reading.document import Report
from provisioner.reading.problem import Rule


def check_freshness(draft: ExportDraft, report: Report) -> None:
    """A freshness rule says something, and warns before it fails."""
    freshness = draft.values.record("freshness")
    if freshness is None:
        return
    warn, error = freshness.value.duration("warn_after"), freshness.value.duration("error_after")
    if not freshness.value.places:
        report(freshness.place, Rule.KEY_EMPTY, "'freshness' says nothing", "write 'error_after', 'warn_after' or both")
    if warn and error and error.value <= warn.value:
        wrong = "it is an error before, or as soon as, it is a warning"
        report(error.place, Rule.EXPORT_FRESHNESS, wrong, "write a longer 'error_after', or a shorter 'warn_after'")
