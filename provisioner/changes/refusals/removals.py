"""More removals at once than a slip of the hand should be able to make."""

import datetime
from collections.abc import Iterator, Mapping, Sequence

from provisioner.changes.change import Change
from provisioner.changes.context import Context
from provisioner.changes.refusals.refusal import Refusal, RefusalFound
from provisioner.changes.sentence import Sentence, sentence
from provisioner.changes.state import APPROVALS_FILE


def removals(context: Context) -> Iterator[RefusalFound]:
    """More removals than the settings allow as they were before: no pull request raises its own limit.

    Only those count that no approval lists which still holds.
    """
    comparison, settings = context.comparison, context.comparison.before
    removed = [pair.latest.file for pair in comparison.changed if pair.retires or pair.change is Change.GOES]
    approved = {one.dataset for one in context.approvals if one.until >= context.today}
    over = {one.dataset: one.until for one in context.approvals if one.until < context.today}
    unapproved = [file for file in removed if file not in approved]
    count = len(comparison.catalogue_before)
    allowed = min(settings.max_removals, max(1, count * settings.max_removals_percent // 100))
    if len(unapproved) <= allowed:
        return
    yield RefusalFound(
        refusal=Refusal.MANY_REMOVALS,
        file=unapproved[0],
        what=sentence(
            f"{len(removed):,} of {count:,} datasets are retired or deleted at once, {len(unapproved):,} of them "
            f"without approval; the settings before this pull request allow {allowed:,}"
        ),
        steps=(
            sentence("if they are not all meant, put the others back; or remove them in several pull requests"),
            sentence(
                f"if they are, list each in {APPROVALS_FILE} under 'removals:', with four lines: 'dataset:' and its "
                "file, such as {}; 'approved_by:' and who answers for it; 'until:' and the last day on which that "
                "counts; 'reason:' and why",
                unapproved[0],
            ),
            *_renewals(unapproved, over),
        ),
    )


def _renewals(unapproved: Sequence[str], over: Mapping[str, datetime.date]) -> Iterator[Sentence]:
    """The step that is needed where approvals have come to their end."""
    late = [file for file in unapproved if file in over]
    if late:
        more = f" and {len(late) - 1:,} more" if len(late) > 1 else ""
        yield sentence("renew the approval of {}, which counted until {}" + more, late[0], over[late[0]])
