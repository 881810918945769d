"""Where the files of a dataset go: under its prefix of the export bucket, or into its own bucket."""

from typing import NamedTuple

from exporter.publish.bucket import Bucket
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.settings import Settings


class Place(NamedTuple):
    """A bucket, and what every key of the dataset begins with."""

    bucket: str
    prefix: str

    @property
    def url(self) -> str:
        """`s3://bucket/prefix/`."""
        return f"s3://{self.bucket}/{self.prefix}"


def place_of(dataset: PushDataset | PullDataset, settings: Settings) -> Place:
    """The place of a dataset's files."""
    if isinstance(dataset, PushDataset):
        return Place(settings.export_bucket, dataset.prefix)
    return Place(settings.pull_bucket(dataset.name), "")


def bucket_of(dataset: PushDataset | PullDataset, settings: Settings) -> Bucket:
    """The bucket or prefix of a dataset, for the credentials, endpoint and certificates of the environment.

    Raises:
        PublishError: the AWS configuration of this machine cannot be read.
    """
    place = place_of(dataset, settings)
    return Bucket.connected(
        region=settings.region,
        bucket=place.bucket,
        prefix=place.prefix,
        owner=settings.account_id,
        moved_on=isinstance(dataset, PushDataset) and not dataset.keep_files,
    )
