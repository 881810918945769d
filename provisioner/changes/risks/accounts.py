"""Accounts that data comes to."""

from collections.abc import Iterator
from typing import NamedTuple

from provisioner.changes.context import Context
from provisioner.changes.risks.readers import gaining_readers
from provisioner.changes.risks.risk import Risk, RiskFound, at
from provisioner.changes.sentence import sentence
from provisioner.datasets.model import Catalogue, PullDataset, PushDataset


class _Named(NamedTuple):
    """An account that a dataset names, and how."""

    dataset: PushDataset | PullDataset
    key: str
    account_id: str
    does: str


def accounts(context: Context) -> Iterator[RiskFound]:
    """Accounts that the settings do not know, or that no dataset has named before."""
    named = [*_of_readers(context), *_of_keys(context)]
    if not named:
        return
    comparison = context.comparison
    seen = _seen(comparison.catalogue_before)
    for dataset, key, account, does in named:
        name = comparison.after.account_name(account)
        if name is None:
            never = "" if account in seen else " and no dataset has named before"
            yield at(
                Risk.ACCOUNT_UNKNOWN,
                dataset,
                key,
                sentence(f"{{}} {does} account {{}}, which the settings do not know{never}", dataset.name, account),
                "Ask the receiving team itself whose account it is, and have it added to 'known_accounts'",
            )
        elif account not in seen:
            yield at(
                Risk.ACCOUNT_NEW,
                dataset,
                key,
                sentence(f"{{}} is the first dataset that {does} account {{}} ({{}})", dataset.name, account, name),
                "Make sure that this team is meant to receive the data",
            )


def _of_readers(context: Context) -> Iterator[_Named]:
    """The other accounts in which somebody gains something."""
    for dataset, gains in gaining_readers(context):
        for account in sorted({change.latest.principal.account_id for change in gains}):
            yield _Named(dataset, "pull_arns", account, "gives access to")


def _of_keys(context: Context) -> Iterator[_Named]:
    """The other accounts whose key a dataset's files are encrypted with in the target, and were not before."""
    for pair in context.comparison.changed:
        before, after = pair.before, pair.after
        if not isinstance(after, PushDataset) or after.retired or after.kms_key_arn is None:
            continue
        account = _account_of(after.kms_key_arn)
        same = isinstance(before, PushDataset) and not before.retired and before.kms_key_arn == after.kms_key_arn
        if not same and account != context.comparison.after.account_id:
            yield _Named(after, "kms_key_arn", account, "delivers under a key of")


def _seen(catalogue: Catalogue) -> set[str]:
    """The accounts that the datasets name."""
    keys = (dataset.kms_key_arn for dataset in catalogue.push)
    readers = {reader.account_id for dataset in catalogue.pull for reader in dataset.pull_arns}
    return readers | {_account_of(arn) for arn in keys if arn is not None}


def _account_of(arn: str) -> str:
    # IAM User Guide, "Amazon Resource Names": arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE.
    return arn.split(":")[4]
