"""A place in S3 that can be asked about: a bucket that a dataset has or names, and a key in it."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from provisioner.datasets.model import Catalogue, PullDataset, PushDataset
from provisioner.failure import UsageError
from provisioner.reading.printable import shown
from provisioner.settings import Settings

_SCHEME: Final = "s3://"


class BucketKind(StrEnum):
    """What a bucket is to the datasets."""

    PULL = "pull"
    """The bucket of a pull dataset."""
    EXPORT = "export"
    """The export bucket, with a prefix for each push dataset."""
    JOURNAL = "journal"
    """What the forwarder remembers."""
    TARGET = "target"
    """Where push datasets are delivered to."""


@dataclass(frozen=True, kw_only=True)
class Location:
    """A bucket, and a key or a prefix in it."""

    kind: BucketKind
    bucket: str
    key: str = ""
    """Of an object; of a prefix where it ends in `/`; empty for the whole bucket."""
    owner: str | None
    """The account that owns the bucket; None where no dataset says whose it is: it is not ours."""
    pull: PullDataset | None = None
    """The dataset whose bucket it is."""
    push: tuple[PushDataset, ...] = ()
    """Those whose prefixes are in the bucket, wherever in it the key is."""

    @property
    def uri(self) -> str:
        """As it is asked about."""
        return f"{_SCHEME}{self.bucket}/{self.key}"

    @property
    def ours(self) -> bool:
        """Whether the bucket is one that the stack makes."""
        return self.kind is not BucketKind.TARGET

    @property
    def datasets(self) -> tuple[PushDataset | PullDataset, ...]:
        """Those whose files are at the place: they lie under the key, or the key under their prefix."""
        if self.pull is not None:
            return (self.pull,)
        return tuple(one for one in self.push if overlap(self.key, one.prefix))


def overlap(key: str, prefix: str) -> bool:
    """Whether what lies under a key, and what lies under a prefix, have anything in common."""
    return key.startswith(prefix) or prefix.startswith(key)


def is_uri(text: str) -> bool:
    """Whether a text is meant as a place in S3."""
    return text.startswith(_SCHEME)


def read_location(uri: str, catalogue: Catalogue, settings: Settings) -> Location:
    """The place that an S3 URI names.

    Raises:
        UsageError: it is no S3 URI, or of a bucket that no dataset has or names; says the nearest.
    """
    bucket, _, key = uri.removeprefix(_SCHEME).partition("/")
    if not is_uri(uri) or not bucket:
        raise UsageError(
            f"'{shown(uri)}' is no place in S3: write one such as s3://{settings.export_bucket}/, with a key behind it"
        )
    found = _location(bucket, key, catalogue, settings)
    if found is None:
        near = difflib.get_close_matches(bucket, _buckets(catalogue, settings), n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise UsageError(f"no dataset has or names the bucket '{shown(bucket)}'{hint}")
    return found


def locations_of(dataset: PushDataset | PullDataset, catalogue: Catalogue, settings: Settings) -> list[Location]:
    """The places of a dataset: its bucket; or its prefix in the export bucket, and in its target."""
    if isinstance(dataset, PullDataset):
        places = [(settings.pull_bucket(dataset.name), "")]
    else:
        places = [(settings.export_bucket, dataset.prefix), (dataset.bucket, dataset.prefix)]
    found = (_location(bucket, key, catalogue, settings) for bucket, key in places)
    return [location for location in found if location is not None]


def own_locations(catalogue: Catalogue, settings: Settings) -> Iterator[Location]:
    """Every bucket of ours, whole."""
    ours = settings.account_id
    yield Location(kind=BucketKind.EXPORT, bucket=settings.export_bucket, owner=ours, push=catalogue.push)
    yield Location(kind=BucketKind.JOURNAL, bucket=settings.journal_bucket, owner=ours)
    for pull in catalogue.pull:
        yield Location(kind=BucketKind.PULL, bucket=settings.pull_bucket(pull.name), owner=ours, pull=pull)


def _location(bucket: str, key: str, catalogue: Catalogue, settings: Settings) -> Location | None:
    own = next((one for one in own_locations(catalogue, settings) if one.bucket == bucket), None)
    if own is not None:
        return replace(own, key=key)
    push = tuple(one for one in catalogue.push if one.bucket == bucket)
    if not push:
        return None
    # Datasets that share a target say the same of its owner, or nothing.
    owner = next((one.bucket_account for one in push if one.bucket_account is not None), None)
    return Location(kind=BucketKind.TARGET, bucket=bucket, key=key, owner=owner, push=push)


def _buckets(catalogue: Catalogue, settings: Settings) -> list[str]:
    pull = (settings.pull_bucket(dataset.name) for dataset in catalogue.pull)
    targets = (dataset.bucket for dataset in catalogue.push)
    return sorted({settings.export_bucket, settings.journal_bucket, *pull, *targets})
