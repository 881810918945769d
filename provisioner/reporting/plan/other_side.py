"""What the receiving teams must do: where what `explain` tells them becomes something else."""

from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.changes.plan import Plan
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.reporting.explanation import other_side


@dataclass(frozen=True, kw_only=True)
class OtherSide:
    """One dataset whose receiving team has something to do."""

    dataset: PushDataset | PullDataset
    adds: bool
    """Whether there is something to add, or to replace; otherwise what was added can be taken away."""


def other_sides(plan: Plan) -> Iterator[OtherSide]:
    """Every dataset whose receiving team has something to do once the plan is applied."""
    if plan.settings is None:
        return
    for change in plan.datasets:
        before = other_side(change.before, plan.settings) if change.before else []
        after = other_side(change.after, plan.settings) if change.after else []
        if before != after:
            yield OtherSide(dataset=change.latest, adds=bool(after))
