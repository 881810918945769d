"""Whether a dataset is sealed."""

from provisioner.datasets.rules.draft import Context, Draft
from provisioner.reading.document import Report
from provisioner.reading.problem import Rule


def check_seal(draft: Draft, context: Context, report: Report) -> None:
    """No file says `sealed: false` where the settings seal every dataset: it would not be true."""
    if not context.settings.sealed:
        return
    sealed = draft.values.any("sealed")
    if sealed is not None and sealed.value is False:
        report(
            sealed.place,
            Rule.SEALED_BY_SETTINGS,
            "the settings seal every dataset, this one too",
            "remove the line, or have 'sealed' changed in the settings",
        )
