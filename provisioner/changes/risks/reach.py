"""How far access reaches: over many datasets, beyond those that are named, past a seal."""

from collections import Counter
from collections.abc import Iterable, Iterator

from provisioner.access.grants import PrincipalKind
from provisioner.changes.change import GrantChange
from provisioner.changes.risks.risk import Context, Risk, RiskFound, at
from provisioner.changes.sentence import sentence
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.reading.document import START
from provisioner.settings import Settings


def many_datasets(context: Context) -> Iterator[RiskFound]:
    comparison = context.comparison
    gaining: dict[str, GrantChange] = {}
    for change in context.grants:
        if change.before is None and change.latest.principal.kind is not PrincipalKind.DELIVERY:
            gaining.setdefault(change.latest.principal.arn.lower(), change)
    if not gaining:
        return
    counts = _datasets_of_each(comparison.catalogue_after, comparison.after)
    datasets = {pair.latest.file: pair.latest for pair in comparison.affected}
    for arn, change in gaining.items():
        if counts[arn] > comparison.after.many_datasets:
            dataset = datasets[change.file]
            key = "users" if change.latest.principal.kind is PrincipalKind.USER else "pull_arns"
            yield at(
                Risk.MANY_DATASETS,
                dataset,
                key,
                sentence("{} then has " + f"{counts[arn]:,} datasets", change.latest.principal.arn),
                "Make sure that one person or role is meant to reach so much",
            )


def _datasets_of_each(datasets: Iterable[PushDataset | PullDataset], settings: Settings) -> Counter[str]:
    """How many datasets each ARN is a user or reader of."""
    counts: Counter[str] = Counter()
    for dataset in datasets:
        arns = {settings.role_arn(user).lower() for user in dataset.users}
        if isinstance(dataset, PullDataset) and not dataset.retired:
            arns.update(reader.arn.lower() for reader in dataset.pull_arns)
        counts.update(arns)
    return counts


def widens_beyond(context: Context) -> Iterator[RiskFound]:
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
        place=START,
        dataset=None,
        what=sentence("the pull request names {}, and access widens in {}" + more + " too", context.named, beyond[0]),
        advice=sentence("Make sure that these belong together, or have each in a pull request of its own"),
    )


def unsealed(context: Context) -> Iterator[RiskFound]:
    for pair in context.comparison.changed:
        if pair.before is not None and pair.after is not None and pair.before.sealed and not pair.after.sealed:
            yield at(
                Risk.UNSEALED,
                pair.after,
                "sealed",
                sentence(
                    "{} is sealed no more: roles of our own account with rights to all of S3 reach it", pair.after.name
                ),
                "Make sure that whoever asked for the seal agrees",
            )
