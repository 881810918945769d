"""Settings by which our buckets would be others."""

from collections.abc import Iterator
from typing import Final

from provisioner.changes.context import Context
from provisioner.changes.refusals.refusal import Refusal, RefusalFound
from provisioner.changes.sentence import sentence
from provisioner.settings import settings_file

IN_BUCKET_NAMES: Final = ("account_id", "region", "bucket_prefix", "export_bucket")
"""The settings that decide which buckets are ours: with another value they would be others, and empty."""


def buckets(context: Context) -> Iterator[RefusalFound]:
    """A setting of that kind that changes while there are datasets."""
    if not context.comparison.catalogue_before:
        return
    for change in context.settings:
        if change.key in IN_BUCKET_NAMES:
            yield RefusalFound(
                refusal=Refusal.BUCKETS_RENAMED,
                file=settings_file(context.comparison.after.stack),
                what=sentence(
                    "the setting {} becomes {}, and buckets cannot be renamed or moved", change.key, change.after
                ),
                steps=(
                    sentence("leave it at {}", change.before),
                    sentence(
                        "for another account, region or prefix, make another stack, with a settings file of its own"
                    ),
                ),
            )
