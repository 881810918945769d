"""A plan: what a pull request changes, in datasets, grants and resources, what it risks, and what is refused."""

import datetime
import re
from dataclasses import dataclass
from typing import Final

from provisioner.changes.approvals import read_approvals
from provisioner.changes.change import DatasetChange, GrantChange, KeyChange, ResourceChange
from provisioner.changes.comparison import Comparison, compare
from provisioner.changes.context import Context
from provisioner.changes.exports import ExportChange, changed_exports
from provisioner.changes.grants import changed_grants
from provisioner.changes.keys import changed_keys, changed_settings
from provisioner.changes.refusals.refusal import RefusalFound
from provisioner.changes.refusals.table import find_refusals
from provisioner.changes.resources import changed_resources
from provisioner.changes.risks.risk import RiskFound
from provisioner.changes.risks.table import find_risks
from provisioner.changes.seals import SealChange, changed_seals
from provisioner.changes.state import State
from provisioner.datasets.keys import NAME_PATTERN, Kind
from provisioner.reading.problem import Problem
from provisioner.settings import Settings

_BRANCH: Final = re.compile(f"(?P<kind>push|pull)_datasets?/(?P<name>{NAME_PATTERN[1:-1]})")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What becomes of a checkout; every part sorted, so that the same two states give the same plan."""

    settings: Settings | None
    """The settings after; None where they have problems, and then there is nothing but problems."""
    problems: tuple[Problem, ...] = ()
    refusals: tuple[RefusalFound, ...] = ()
    risks: tuple[RiskFound, ...] = ()
    settings_changes: tuple[KeyChange, ...] = ()
    datasets: tuple[DatasetChange, ...] = ()
    grants: tuple[GrantChange, ...] = ()
    seals: tuple[SealChange, ...] = ()
    exports: tuple[ExportChange, ...] = ()
    resources: tuple[ResourceChange, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether anything becomes other than it was."""
        return bool(self.datasets or self.grants or self.resources or self.settings_changes)

    @property
    def refused(self) -> bool:
        """Whether it cannot be merged as it is."""
        return bool(self.problems or self.refusals)


def make_plan(base: State, head: State, *, stack: str, today: datetime.date, branch: str | None = None) -> Plan:
    """The plan from one state to another.

    Args:
        base: the state before, such as that of the branch that is merged into.
        head: the state after.
        stack: whose settings to use.
        today: the date in UTC by which dates are judged.
        branch: the branch of the pull request, which names its dataset if it is `push_dataset/NAME`.
    """
    comparison = compare(base, head, stack, today)
    if not isinstance(comparison, Comparison):
        return Plan(settings=None, problems=comparison)
    approvals, wrong_approvals = read_approvals(head.approvals)
    settings_changes = changed_settings(comparison.before, comparison.after)
    grants, exports = tuple(changed_grants(comparison)), tuple(changed_exports(comparison))
    context = Context(
        comparison=comparison,
        grants=grants,
        exports=exports,
        settings=settings_changes,
        approvals=approvals,
        approvals_changed=base.approvals != head.approvals,
        named=_named(branch, comparison),
        today=today,
    )
    return Plan(
        settings=comparison.after,
        problems=tuple(sorted([*comparison.checked.problems, *wrong_approvals])),
        refusals=find_refusals(context),
        risks=find_risks(context),
        settings_changes=settings_changes,
        datasets=tuple(_dataset_changes(comparison)),
        grants=grants,
        seals=tuple(changed_seals(comparison)),
        exports=exports,
        resources=changed_resources(comparison),
    )


def _named(branch: str | None, comparison: Comparison) -> str | None:
    """The file of the one dataset that a pull request names, by its branch or by changing no other file."""
    match = _BRANCH.fullmatch(branch or "")
    if match:
        return Kind(match["kind"]).file_of(match["name"])
    changed = comparison.changed
    return changed[0].latest.file if len(changed) == 1 else None


def _dataset_changes(comparison: Comparison) -> list[DatasetChange]:
    changes = []
    for pair in comparison.changed:
        keys = changed_keys(pair)
        if keys or pair.before is None or pair.after is None:
            changes.append(DatasetChange(before=pair.before, after=pair.after, keys=keys))
    return changes
