"""The datasets that are sealed, or no more."""

from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.changes.comparison import Comparison
from provisioner.datasets.model import PullDataset, PushDataset


@dataclass(frozen=True, kw_only=True)
class SealChange:
    """A dataset that was there before, and whose seal comes or goes: by its file, or by the settings for all."""

    dataset: PushDataset | PullDataset
    sealed: bool
    """Whether it is sealed now."""


def changed_seals(comparison: Comparison) -> Iterator[SealChange]:
    """Every dataset whose seal is another after than before."""
    for pair in comparison.affected:
        if pair.before is None or pair.after is None:
            continue
        sealed = pair.after.is_sealed(comparison.after)
        if sealed != pair.before.is_sealed(comparison.before):
            yield SealChange(dataset=pair.after, sealed=sealed)
