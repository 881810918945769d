"""Where a push dataset's files go: the target bucket and its key."""

import re
from typing import Final

from provisioner.datasets.rules.draft import Context, Draft
from provisioner.reading.document import Report
from provisioner.reading.printable import shown
from provisioner.reading.problem import Rule
from provisioner.settings import KMS_KEY_PATTERN, is_bucket_name

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
