"""What was agreed: the paperwork, and until when."""

from collections.abc import Iterator

from provisioner.changes.context import Context
from provisioner.changes.risks.risk import Risk, RiskFound, at
from provisioner.changes.sentence import sentence


def paperwork(context: Context) -> Iterator[RiskFound]:
    """An agreement that is no longer named, whatever others are; and none where somebody gains something."""
    widened = {change.file for change in context.grants if change.widens}
    for pair in context.comparison.changed:
        dataset, before = pair.after, pair.before
        if dataset is None:
            continue
        gone = [text for text in (before.paperwork if before else ()) if text not in dataset.paperwork]
        if gone:
            yield at(
                Risk.PAPERWORK_REMOVED,
                dataset,
                "paperwork",
                sentence("{} no longer names the agreement {}", dataset.name, gone[0]),
                "Ask which agreement covers the data now",
            )
        elif not dataset.paperwork and dataset.file in widened:
            yield at(
                Risk.PAPERWORK_MISSING,
                dataset,
                "paperwork",
                sentence("{} names no data-sharing agreement", dataset.name),
                "Ask under which agreement the data is shared, and have it added as 'paperwork'",
            )


def expires(context: Context) -> Iterator[RiskFound]:
    """An end of access that is taken away or put off."""
    for pair in context.comparison.changed:
        if pair.before is None or pair.after is None or pair.before.expires is None:
            continue
        before, after = pair.before.expires, pair.after.expires
        if after is None:
            what = sentence("access to {} ended with {}, and no longer ends", pair.after.name, before)
            yield at(
                Risk.EXPIRES_REMOVED, pair.after, "expires", what, "Make sure that the agreement has no end either"
            )
        elif after > before:
            what = sentence("access to {} ends with {}, no longer with {}", pair.after.name, after, before)
            yield at(
                Risk.EXPIRES_LATER, pair.after, "expires", what, "Make sure that the agreement was prolonged till then"
            )
