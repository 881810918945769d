"""The database that an export reads."""

from provisioner.exports.draft import ExportDraft
from provisioner.reading.document import Report
from provisioner.reading.keys import nearest_name
from provisioner.reading.printable import shown
from provisioner.reading.problem import Rule


def check_source(draft: ExportDraft, report: Report) -> None:
    """The source is one that the settings know."""
    source, known = draft.values.text("source"), draft.settings.sources
    if source is None or source.value in known:
        return
    if near := nearest_name(source.value, known):
        instead = f"write '{near}'"
    elif known:
        instead = f"write one of {', '.join(sorted(known))}, or have it added to 'sources' in the settings"
    else:
        instead = "have it added to 'sources' in the settings"
    report(source.place, Rule.EXPORT_SOURCE, f"the settings know no source '{shown(source.value)}'", instead)
