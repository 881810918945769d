"""How far access reaches: over many datasets, beyond those that are named, past a seal."""

from collections import Counter
from collections.abc import Iterable, Iterator

from provisioner.access.grants import (
    OWN_ROLES,
    Person,
    Principal,
    reader_principals,
    user_principal,
    workload_principals,
)
from provisioner.changes.change import GrantChange
from provisioner.changes.context import Context
from provisioner.changes.risks.risk import Risk, RiskFound, at
from provisioner.changes.sentence import sentence
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.settings import Settings

_Who = tuple[str, Person]
"""Somebody of any account: the account's id, and who it is there."""


def _who(principal: Principal) -> _Who:
    return principal.account_id, principal.person


def many_datasets(context: Context) -> Iterator[RiskFound]:
    """Somebody who gains access and then has more datasets than the settings find usual.

    That is by the settings as they were before: no pull request changes what it is judged by.
    """
    comparison = context.comparison
    gaining: dict[_Who, GrantChange] = {}
    for change in context.grants:
        if change.before is None and change.latest.principal.kind not in OWN_ROLES:
            gaining.setdefault(_who(change.latest.principal), change)
    if not gaining:
        return
    counts = _datasets_of_each(comparison.catalogue_after, comparison.after)
    datasets = {pair.latest.file: pair.latest for pair in comparison.affected}
    for person, change in gaining.items():
        if counts[person] > comparison.before.many_datasets:
            yield at(
                Risk.MANY_DATASETS,
                datasets[change.file],
                change.latest.principal.key,
                sentence("{} then has " + f"{counts[person]:,} datasets", change.latest.principal.arn),
                "Make sure that one person or role is meant to reach so much",
            )


def _datasets_of_each(datasets: Iterable[PushDataset | PullDataset], settings: Settings) -> Counter[_Who]:
    """How many datasets everybody is a user or reader of."""
    counts: Counter[_Who] = Counter()
    for dataset in datasets:
        people = {_who(user_principal(user, settings)) for user in dataset.users}
        if isinstance(dataset, PullDataset) and not dataset.retired:
            people.update(map(_who, reader_principals(dataset)))
            people.update(map(_who, workload_principals(dataset, settings)))
        counts.update(people)
    return counts


def widens_beyond(context: Context) -> Iterator[RiskFound]:
    """Access that widens in others than the one dataset that the pull request names."""
    if context.named is None:
        return
    widened = {change.file for change in context.grants if change.widens}
    beyond = sorted(widened - {context.named})
    if not beyond:
        return
    more = f" and {len(beyond) - 1:,} more" if len(beyond) > 1 else ""
    yield RiskFound(
        risk=Risk.WIDENS_BEYOND,
        file=beyond[0],
        what=sentence("the pull request names {}, and access widens in {}" + more + " too", context.named, beyond[0]),
        advice=sentence("Make sure that these belong together, or have each in a pull request of its own"),
    )


def unsealed(context: Context) -> Iterator[RiskFound]:
    """A dataset that was sealed, and is no more."""
    comparison = context.comparison
    for pair in comparison.affected:
        before = pair.before is not None and pair.before.is_sealed(comparison.before)
        if before and pair.after is not None and not pair.after.is_sealed(comparison.after):
            yield at(
                Risk.UNSEALED,
                pair.after,
                "sealed",
                sentence(
                    "{} is sealed no more: roles of our own account with rights to all of S3 reach it", pair.after.name
                ),
                "Make sure that whoever asked for the seal agrees",
            )
