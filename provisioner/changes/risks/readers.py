"""Readers in other accounts who gain something."""

from collections import defaultdict
from collections.abc import Iterator

from provisioner.access.grants import PrincipalKind, Verb
from provisioner.changes.change import GrantChange
from provisioner.changes.risks.risk import Context, Risk, RiskFound, at
from provisioner.changes.sentence import sentence
from provisioner.datasets.model import PullDataset


def _gaining_readers(context: Context) -> Iterator[tuple[PullDataset, list[GrantChange]]]:
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
    for dataset, gains in _gaining_readers(context):
        writers = sorted({one.latest.principal.arn for one in gains if one.latest.verb is Verb.WRITE})
        for writer in writers:
            yield at(
                Risk.OUTSIDE_WRITE,
                dataset,
                "allow_push",
                sentence("{} gains **write** to the bucket of {}", writer, dataset.name),
                "Make sure that they are meant to put files into our bucket, and know who reads them",
            )


def accounts(context: Context) -> Iterator[RiskFound]:
    comparison = context.comparison
    gaining = list(_gaining_readers(context))
    if not gaining:
        return
    seen = {reader.account_id for dataset in comparison.catalogue_before.pull for reader in dataset.pull_arns}
    for dataset, gains in gaining:
        for account in sorted({change.latest.principal.account_id for change in gains}):
            name = comparison.after.account_name(account)
            if name is None:
                never = "" if account in seen else " and no dataset has named before"
                yield at(
                    Risk.ACCOUNT_UNKNOWN,
                    dataset,
                    "pull_arns",
                    sentence(
                        "{} gives access to account {}, which the settings do not know" + never, dataset.name, account
                    ),
                    "Ask the receiving team itself whose account it is, and have it added to 'known_accounts'",
                )
            elif account not in seen:
                yield at(
                    Risk.ACCOUNT_NEW,
                    dataset,
                    "pull_arns",
                    sentence(
                        "{} is the first dataset that gives access to account {} ({})", dataset.name, account, name
                    ),
                    "Make sure that this team is meant to receive the data",
                )
