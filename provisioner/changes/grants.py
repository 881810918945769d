"""The grants that come, change and go."""

from collections.abc import Iterator
from typing import NamedTuple

from provisioner.access.grants import Grant, PrincipalKind, Verb, grants_of_dataset
from provisioner.changes.change import GrantChange
from provisioner.changes.comparison import Comparison
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.settings import Settings


class _Right(NamedTuple):
    """What a grant gives, but for how long."""

    kind: PrincipalKind
    arn: str
    verb: Verb
    bucket: str
    prefix: str


def changed_grants(comparison: Comparison) -> Iterator[GrantChange]:
    """Every grant that is another after than before, dataset by dataset."""
    for pair in comparison.affected:
        before = _grants(pair.before, comparison.before)
        after = _grants(pair.after, comparison.after)
        for right in [*before, *(right for right in after if right not in before)]:
            was, now = before.get(right), after.get(right)
            if was is None or now is None or was.until != now.until:
                yield GrantChange(before=was, after=now)


def _grants(dataset: PushDataset | PullDataset | None, settings: Settings) -> dict[_Right, Grant]:
    if dataset is None:
        return {}
    grants = grants_of_dataset(dataset, settings)
    return {_Right(one.principal.kind, one.principal.arn, one.verb, one.bucket, one.prefix): one for one in grants}
