"""What makes a pull request harder to review: what changes beside the datasets, and what cannot be compared."""

from collections.abc import Iterator

from provisioner.changes.risks.risk import Context, Risk, RiskFound, at
from provisioner.changes.sentence import sentence
from provisioner.changes.state import APPROVALS_FILE
from provisioner.reading.document import START
from provisioner.settings import settings_file


def settings(context: Context) -> Iterator[RiskFound]:
    if not context.settings:
        return
    names = list(dict.fromkeys(change.key for change in context.settings))
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    slots = ", ".join(["{}"] * len(names[:3]))
    yield RiskFound(
        risk=Risk.SETTINGS_CHANGED,
        file=settings_file(context.comparison.after.stack),
        place=START,
        dataset=None,
        what=sentence(f"these settings change: {slots}{more}", *names[:3]),
        advice=sentence("See what that does to every other dataset; better, have it in a pull request of its own"),
    )


def approvals(context: Context) -> Iterator[RiskFound]:
    if context.approvals_changed:
        yield RiskFound(
            risk=Risk.APPROVALS_CHANGED,
            file=APPROVALS_FILE,
            place=START,
            dataset=None,
            what=sentence("approvals of removals change in this pull request"),
            advice=sentence("Make sure that whoever is named there did agree"),
        )


def unread(context: Context) -> Iterator[RiskFound]:
    for pair in context.comparison.changed:
        if pair.after is not None and pair.after.file in context.comparison.unread_before:
            yield at(
                Risk.UNREAD_BEFORE,
                pair.after,
                "name",
                sentence("what {} said before cannot be read, so that all of it shows as new", pair.after.file),
                "Look in the changed lines of the file at what it said",
            )
