"""Every rule that can find a risk. A new rule goes here."""

from collections.abc import Callable, Iterator
from typing import Final

from provisioner.changes.context import Context
from provisioner.changes.risks.accounts import accounts
from provisioner.changes.risks.agreement import expires, paperwork
from provisioner.changes.risks.exports import exports
from provisioner.changes.risks.reach import many_datasets, unsealed, widens_beyond
from provisioner.changes.risks.readers import outside_write, workloads
from provisioner.changes.risks.removals import removals
from provisioner.changes.risks.review import approvals, settings, unread
from provisioner.changes.risks.risk import RiskFound
from provisioner.changes.risks.targets import account_removed, targets

RULES: Final[tuple[Callable[[Context], Iterator[RiskFound]], ...]] = (
    outside_write,
    accounts,
    workloads,
    targets,
    account_removed,
    unsealed,
    widens_beyond,
    settings,
    approvals,
    many_datasets,
    paperwork,
    expires,
    exports,
    unread,
    removals,
)


def find_risks(context: Context) -> tuple[RiskFound, ...]:
    """Every risk, the gravest first."""
    found = [risk for rule in RULES for risk in rule(context)]
    return tuple(sorted(found, key=lambda risk: risk.order))
