"""What the rules look at that find risks and refusals."""

import datetime
from dataclasses import dataclass

from provisioner.changes.approvals import Approval
from provisioner.changes.change import GrantChange, KeyChange
from provisioner.changes.comparison import Comparison
from provisioner.changes.exports import ExportChange


@dataclass(frozen=True, kw_only=True)
class Context:
    """A comparison, and what has been found out about it already."""

    comparison: Comparison
    grants: tuple[GrantChange, ...]
    exports: tuple[ExportChange, ...]
    settings: tuple[KeyChange, ...]
    """The settings that change."""
    approvals: tuple[Approval, ...]
    approvals_changed: bool
    named: str | None
    """The file of the one dataset that the pull request names; None where it names none or several."""
    today: datetime.date
    """The date in UTC by which approvals are judged."""
