"""Where the files of push datasets go."""

from collections import defaultdict
from collections.abc import Iterator

from provisioner.changes.context import Context
from provisioner.changes.risks.risk import Risk, RiskFound, at
from provisioner.changes.sentence import sentence
from provisioner.datasets.model import PushDataset


def targets(context: Context) -> Iterator[RiskFound]:
    """A target bucket that is another than before, or that a dataset comes to and others use too."""
    moved = []
    for pair in context.comparison.changed:
        before, after = pair.before, pair.after
        if not isinstance(after, PushDataset):
            continue
        # A retired one too: what is left under its prefix is still delivered.
        if not isinstance(before, PushDataset) or before.bucket != after.bucket:
            moved.append((before, after))
    if not moved:
        return
    users = defaultdict(list)
    for dataset in context.comparison.catalogue_after.push:
        users[dataset.bucket].append(dataset.name)
    for before, after in moved:
        if isinstance(before, PushDataset):
            yield at(
                Risk.TARGET_CHANGED,
                after,
                "bucket",
                sentence("the files of {} go to {}, no longer to {}", after.name, after.bucket, before.bucket),
                "Make sure that the receiving team asked for it, and that both buckets are theirs",
            )
        others = [name for name in users[after.bucket] if name != after.name]
        if others:
            more = f" and {len(others) - 1:,} more" if len(others) > 1 else ""
            yield at(
                Risk.TARGET_SHARED,
                after,
                "bucket",
                sentence("{} goes to {}, as does {}" + more, after.name, after.bucket, others[0]),
                "Make sure that whoever reads the target bucket may see all of them",
            )
