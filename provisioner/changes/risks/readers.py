"""Readers in other accounts who gain something."""

from collections import defaultdict
from collections.abc import Iterator

from provisioner.access.grants import PrincipalKind, Verb
from provisioner.changes.change import GrantChange
from provisioner.changes.context import Context
from provisioner.changes.risks.risk import Risk, RiskFound, at
from provisioner.changes.sentence import sentence
from provisioner.datasets.model import PullDataset


def gaining_readers(context: Context) -> Iterator[tuple[PullDataset, list[GrantChange]]]:
    """The pull datasets whose readers in other accounts gain something, with what they gain."""
    ours = context.comparison.after.account_id
    gains = defaultdict(list)
    for change in context.grants:
        principal = change.latest.principal
        if change.widens and principal.kind is PrincipalKind.READER and principal.account_id != ours:
            gains[change.latest.dataset].append(change)
    for pair in context.comparison.affected:
        if isinstance(pair.after, PullDataset) and pair.after.name in gains:
            yield pair.after, gains[pair.after.name]


def outside_write(context: Context) -> Iterator[RiskFound]:
    """A reader in another account who may write and might not before; for how long is another risk."""
    for dataset, gains in gaining_readers(context):
        new = (change.latest for change in gains if change.before is None)
        for writer in sorted({grant.principal.arn for grant in new if grant.verb is Verb.WRITE}):
            yield at(
                Risk.OUTSIDE_WRITE,
                dataset,
                "allow_push",
                sentence("{} gains **write** to the bucket of {}", writer, dataset.name),
                "Make sure that they are meant to put files into our bucket, and know who reads them",
            )
