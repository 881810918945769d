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
    named = [*_of_readers(context), *_of_targets(context)]
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
        principals = (change.latest.principal for change in gains)
        for account in sorted({principal.account_id for principal in principals if principal.workload is None}):
            yield _Named(dataset, "pull_arns", account, "gives access to")


def _of_targets(context: Context) -> Iterator[_Named]:
    """The other accounts that a dataset's target bucket or its key is in, where the file did not say so before."""
    ours = context.comparison.after.account_id
    for pair in context.comparison.changed:
        after = pair.after
        if not isinstance(after, PushDataset) or after.retired:
            continue
        before = pair.before if isinstance(pair.before, PushDataset) and not pair.before.retired else None
        owner, key_arn = after.bucket_account, after.kms_key_arn
        if owner is not None and (before is None or before.bucket_account != owner):
            yield _Named(after, "bucket_account", owner, "delivers to a bucket of")
        if key_arn is not None and (before is None or before.kms_key_arn != key_arn):
            account = _account_of(key_arn)
            # The owner of the bucket has the files anyway: a key of its own too is nothing more.
            if account not in (ours, owner):
                yield _Named(after, "kms_key_arn", account, "delivers under a key of")


def _seen(catalogue: Catalogue) -> set[str]:
    """The accounts that the datasets name."""
    owners = {dataset.bucket_account for dataset in catalogue.push if dataset.bucket_account is not None}
    keys = {_account_of(dataset.kms_key_arn) for dataset in catalogue.push if dataset.kms_key_arn is not None}
    return owners | keys | {reader.account_id for dataset in catalogue.pull for reader in dataset.pull_arns}


def _account_of(arn: str) -> str:
    # IAM User Guide, "Amazon Resource Names": arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE.
    return arn.split(":")[4]
