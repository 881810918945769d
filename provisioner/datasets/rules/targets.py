"""Where a push dataset's files go: the target bucket, its account and its key."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from provisioner.datasets.rules.draft import Context, Draft
from provisioner.reading.document import Report
from provisioner.reading.printable import shown
from provisioner.reading.problem import Rule
from provisioner.settings import ACCOUNT_ID, KMS_KEY_PATTERN, is_bucket_name

_KMS_KEY: Final = re.compile(KMS_KEY_PATTERN)


def check_target(draft: Draft, context: Context, report: Report) -> None:
    """The target is a bucket's bare name, and not one of ours: that would be a loop."""
    bucket = draft.values.text("bucket")
    if bucket is None:
        return
    value = bucket.value
    settings = context.settings
    bare = re.sub(r"^(arn:[^:]*:s3:::|s3[an]?://)", "", value).partition("/")[0]
    own = bare in (settings.export_bucket, settings.journal_bucket) or bare.startswith(f"{settings.bucket_prefix}-")
    known = is_bucket_name(bare) and not own
    instead = f"write the bucket's name: '{bare}'" if known else "write the bucket's name alone"
    if value.startswith("arn:"):
        report(bucket.place, Rule.BUCKET_ARN, "the target bucket is written as an ARN", instead)
    elif "://" in value:
        report(bucket.place, Rule.BUCKET_URL, "the target bucket is written as an address", instead)
    elif "/" in value:
        report(
            bucket.place,
            Rule.BUCKET_PATH,
            "the target bucket has a path",
            f"{instead}; files arrive under '{draft.stem}/' there",
        )
    elif not is_bucket_name(value):
        report(
            bucket.place,
            Rule.BUCKET_NAME,
            f"S3 allows no bucket named '{shown(value)}'",
            "write 3 to 63 lower case letters, digits, hyphens and dots, as the receiving team gave it",
        )
    if own:
        report(
            bucket.place,
            Rule.BUCKET_OWN,
            f"'{shown(bare)}' is a bucket of ours",
            "write a bucket in the receiving team's account; to share a bucket of ours, make a pull dataset",
        )


def check_bucket_account(draft: Draft, context: Context, report: Report) -> None:
    """The target's account is an AWS account id, and not ours: a target bucket is never ours."""
    account = draft.values.text("bucket_account")
    if account is None:
        return
    if not ACCOUNT_ID.fullmatch(account.value):
        report(
            account.place,
            Rule.ARN_ACCOUNT,
            f"'{shown(account.value)}' is not an AWS account id",
            "write the 12 digits, in quotes",
        )
    elif account.value == context.settings.account_id:
        report(
            account.place,
            Rule.BUCKET_OWN,
            f"'{account.value}' is our own account",
            "write the account that the target bucket is in; to share a bucket of ours, make a pull dataset",
        )


def check_owners(drafts: Iterable[Draft], report_in: Callable[[str], Report]) -> None:
    """A bucket has one owner: no two files may name different accounts for the same target bucket."""
    first: dict[str, tuple[str, str]] = {}
    for draft in drafts:
        bucket, account = draft.values.text("bucket"), draft.values.text("bucket_account")
        if bucket is None or account is None or not ACCOUNT_ID.fullmatch(account.value):
            continue
        owner, file = first.setdefault(bucket.value, (account.value, draft.file))
        if owner != account.value:
            report_in(draft.file)(
                account.place,
                Rule.BUCKET_ACCOUNT,
                f"the account of the bucket '{shown(bucket.value)}' is '{owner}' in {file}",
                "a bucket is in one account: ask the receiving team which",
            )


def is_key_arn(text: str) -> bool:
    """Whether a text has the form of the full ARN of a KMS key."""
    return _KMS_KEY.fullmatch(text) is not None


def check_kms_key(draft: Draft, context: Context, report: Report) -> None:
    """The key is named by its full ARN: an alias means another key in another account."""
    key = draft.values.text("kms_key_arn")
    if key is None:
        return
    if not is_key_arn(key.value) or key.value.split(":")[1] != context.settings.partition:
        report(
            key.place,
            Rule.KMS_ARN,
            f"'{shown(key.value)}' is not the full ARN of a KMS key",
            f"write 'arn:{context.settings.partition}:kms:REGION:ACCOUNT:key/ID', not an alias",
        )
