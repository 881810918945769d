"""What was agreed: the paperwork, and until when."""

from provisioner.datasets.rules.draft import Context, Draft
from provisioner.reading.document import Report
from provisioner.reading.problem import Rule


def check_paperwork(draft: Draft, context: Context, report: Report) -> None:
    """The agreement is named, where the settings make it compulsory."""
    if context.settings.paperwork_required and "paperwork" not in draft.values.places:
        report(
            draft.values.place,
            Rule.PAPERWORK_MISSING,
            "'paperwork' is missing, and the settings make it compulsory",
            "add 'paperwork:' with the place where the data-sharing agreement is filed",
        )


def check_expires(draft: Draft, context: Context, report: Report) -> None:
    """The last day of access is not past, unless the dataset is retired and nobody has access anyway."""
    expires = draft.values.date("expires")
    if expires is None or context.today is None or expires.value >= context.today:
        return
    status = draft.values.text("status")
    if status is None or status.value != "retired":
        report(
            expires.place,
            Rule.EXPIRES_PAST,
            f"access ended on {expires.value}, today is {context.today}",
            "write the new last day, or retire the dataset with 'status: retired'",
        )
