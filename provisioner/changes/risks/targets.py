"""Where the files of push datasets go."""

from collections import defaultdict
from collections.abc import Iterator

from provisioner.changes.account import account_words
from provisioner.changes.context import Context
from provisioner.changes.risks.risk import Risk, RiskFound, at
from provisioner.changes.sentence import Sentence, sentence
from provisioner.datasets.model import PushDataset
from provisioner.settings import Settings


def targets(context: Context) -> Iterator[RiskFound]:
    """A target bucket that is another than before, or another account's, or that several datasets come to use."""
    comparison = context.comparison
    coming = []
    for pair in comparison.changed:
        before, after = pair.before, pair.after
        if not isinstance(after, PushDataset):
            continue
        # A retired one too: what is left under its prefix is still delivered.
        if not isinstance(before, PushDataset) or before.bucket != after.bucket:
            coming.append(after)
        if isinstance(before, PushDataset) and _differs(before, after):
            new, old = _target(after, comparison.after), _target(before, comparison.after)
            words = f"the files of {{}} go to {new.words}, no longer to {old.words}"
            yield at(
                Risk.TARGET_CHANGED,
                after,
                "bucket" if before.bucket != after.bucket else "bucket_account",
                Sentence(words, (after.name, *new.names, *old.names)),
                "Make sure that the receiving team asked for it, and that both buckets are theirs",
            )
    if not coming:
        return
    users = defaultdict(list)
    for dataset in comparison.catalogue_after.push:
        users[dataset.bucket].append(dataset.name)
    for after in coming:
        others = len(users[after.bucket]) - 1
        if others:
            other = next(name for name in users[after.bucket] if name != after.name)
            more = f" and {others - 1:,} more" if others > 1 else ""
            yield at(
                Risk.TARGET_SHARED,
                after,
                "bucket",
                sentence("{} goes to {}, as does {}" + more, after.name, after.bucket, other),
                "Make sure that whoever reads the target bucket may see all of them",
            )


def _differs(before: PushDataset, after: PushDataset) -> bool:
    """Whether the target is another: by the bucket, or by the account where both files name one."""
    accounts = {before.bucket_account, after.bucket_account} - {None}
    return before.bucket != after.bucket or len(accounts) > 1


def _target(dataset: PushDataset, settings: Settings) -> Sentence:
    if dataset.bucket_account is None:
        return sentence("{}", dataset.bucket)
    account = account_words(dataset.bucket_account, settings)
    return Sentence(f"{{}} in {account.words}", (dataset.bucket, *account.names))


def account_removed(context: Context) -> Iterator[RiskFound]:
    """A target whose account the file no longer names."""
    for pair in context.comparison.changed:
        before, after = pair.before, pair.after
        if not isinstance(before, PushDataset) or not isinstance(after, PushDataset):
            continue
        if before.bucket_account is not None and after.bucket_account is None:
            account = account_words(before.bucket_account, context.comparison.after)
            yield at(
                Risk.TARGET_ACCOUNT_REMOVED,
                after,
                "bucket",
                Sentence(
                    f"{{}} no longer says that {{}} is owned by {account.words}: its files go to whoever owns it",
                    (after.name, before.bucket, *account.names),
                ),
                "Keep 'bucket_account', and have it say which account owns the target now",
            )
