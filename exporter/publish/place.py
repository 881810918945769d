"""Where the files of a dataset go: under its prefix of the export bucket, or into its own bucket."""

from exporter.publish.bucket import Bucket
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.settings import Settings


def bucket_of(dataset: PushDataset | PullDataset, settings: Settings) -> Bucket:
    """The bucket or prefix of a dataset, for the credentials, endpoint and certificates of the environment.

    Raises:
        PublishError: the AWS configuration of this machine cannot be read.
    """
    is_push = isinstance(dataset, PushDataset)
    return Bucket.connected(
        region=settings.region,
        bucket=settings.export_bucket if is_push else settings.pull_bucket(dataset.name),
        prefix=dataset.prefix if is_push else "",
        owner=settings.account_id,
        moved_on=is_push and not dataset.keep_files,
    )
