"""What the receiving teams must do: where what `explain` tells them becomes something else."""

from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.changes.plan import Plan
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.reporting.explanation import other_side
from provisioner.reporting.workload_steps import other_clouds
from provisioner.settings import Settings


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
        before, after = (_asked(dataset, plan.settings) for dataset in (change.before, change.after))
        if before != after:
            yield OtherSide(dataset=change.latest, adds=bool(after))


def _asked(dataset: PushDataset | PullDataset | None, settings: Settings) -> list[object]:
    """All that the receiving team is told to do, in AWS and elsewhere."""
    if dataset is None:
        return []
    clouds = other_clouds(dataset, settings) if isinstance(dataset, PullDataset) else ()
    return [*other_side(dataset, settings), *clouds]
