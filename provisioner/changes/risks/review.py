"""What makes a pull request harder to review: what changes beside the datasets, and what cannot be compared."""

from collections.abc import Iterator

from provisioner.changes.context import Context
from provisioner.changes.risks.risk import Risk, RiskFound, at
from provisioner.changes.sentence import sentence
from provisioner.changes.state import APPROVALS_FILE
from provisioner.settings import settings_file


def settings(context: Context) -> Iterator[RiskFound]:
    """A settings file that changes, be it in keys that are Pulumi's own; or that was not there to be compared with."""
    comparison = context.comparison
    file = settings_file(comparison.after.stack)
    advice = "See what that does to every other dataset; better, have it in a pull request of its own"
    names = list(dict.fromkeys(change.key for change in context.settings))
    if comparison.settings_before is None:
        what = sentence("{} was not there before, or cannot be read: what it changes does not show", file)
        advice = "Look in the changed lines of the file at what it said"
    elif names:
        more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
        what = sentence(f"these settings change: {', '.join(['{}'] * len(names[:3]))}{more}", *names[:3])
        if (stacks := comparison.before.dataset_stacks) != comparison.after.dataset_stacks:
            advice = (
                "Before this is merged, move what changes stack, as docs/stacks.md says: "
                f"`provisioner stacks --from {stacks}` prints how. What is not moved is made anew, and deleted"
            )
    elif comparison.settings_touched:
        what = sentence("{} changes, though in no setting of ours: Pulumi reads other keys of it", file)
        advice = "Look in the changed lines of the file at what they do to Pulumi"
    else:
        return
    yield RiskFound(risk=Risk.SETTINGS_CHANGED, file=file, what=what, advice=sentence(advice))


def approvals(context: Context) -> Iterator[RiskFound]:
    """Approvals that a pull request brings, changes or takes away, which are as good as who reviews them."""
    if context.approvals_changed:
        yield RiskFound(
            risk=Risk.APPROVALS_CHANGED,
            file=APPROVALS_FILE,
            what=sentence("approvals of removals change in this pull request"),
            advice=sentence("Make sure that whoever is named there did agree"),
        )


def unread(context: Context) -> Iterator[RiskFound]:
    """A dataset that shows as new, though its file was there: nothing can be set beside what it says."""
    for pair in context.comparison.changed:
        if pair.after is not None and pair.after.file in context.comparison.unread_before:
            yield at(
                Risk.UNREAD_BEFORE,
                pair.after,
                "name",
                sentence("what {} said before cannot be read, so that all of it shows as new", pair.after.file),
                "Look in the changed lines of the file at what it said",
            )
