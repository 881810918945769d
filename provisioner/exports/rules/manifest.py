"""The manifest of a run."""

from provisioner.exports.draft import ExportDraft
from provisioner.exports.placeholders import OF_MANIFEST, OF_MANIFEST_ROW, is_new_each_run
from provisioner.exports.rules.file_keys import check_safe, read_template
from provisioner.reading.document import Report
from provisioner.reading.keys import Found
from provisioner.reading.printable import shown
from provisioner.reading.problem import Rule


def check_manifest(draft: ExportDraft, report: Report) -> None:
    """Each run's manifest has a key of its own, and its columns can be filled."""
    manifest = draft.values.record("manifest")
    if manifest is None:
        return
    key = manifest.value.text("key")
    pieces = read_template(key, OF_MANIFEST, (), report) if key else None
    if key and pieces:
        check_safe(key, pieces, report)
        if not is_new_each_run(pieces):
            wrong = f"two runs could give the manifest the same key, '{shown(key.value)}'"
            report(key.place, Rule.EXPORT_KEY_TWICE, wrong, "write '{time:%Y_%m_%d}' and '{run:04}' into it")
    columns = manifest.value.text_map("columns")
    for _, text in columns.value.values() if columns else ():
        read_template(Found(text.text, text.place), OF_MANIFEST_ROW, (), report)
