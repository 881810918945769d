"""The bucket of a pull dataset."""

import pulumi
import pulumi_aws as aws

from provisioner.access.limits import pull_policy_within_limit
from provisioner.datasets.model import PullDataset
from provisioner.resources.bucket import end_noncurrent_versions, end_unfinished_uploads, keep_versions, private_bucket
from provisioner.resources.component import Component
from provisioner.settings import Settings


class PullBucket(Component):
    """A pull dataset: bucket, public access block, policy and lifecycle, and versioning where it is asked for.

    S3 encrypts what it is given with its own keys by default, so nothing is said about that.
    """

    bucket: aws.s3.Bucket

    def __init__(self, dataset: PullDataset, settings: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        """The bucket of `dataset`. A retired one loses its protection, so that it can be deleted once it is empty."""
        name = f"pull-{dataset.name}"
        super().__init__(name, opts)
        self.bucket = private_bucket(self, name, settings.pull_bucket(dataset.name), protect=not dataset.retired)
        aws.s3.BucketPolicy(
            name,
            bucket=self.bucket.id,
            policy=pull_policy_within_limit(dataset, settings).text,
            opts=self.part_of(self.bucket),
        )
        # The rule for earlier versions stays where versioning has been switched off again: it ends what is left.
        versioning = [keep_versions(self, name, self.bucket)] if dataset.bucket_versioning else []
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.bucket.id,
            rules=[end_unfinished_uploads(), end_noncurrent_versions(settings.retention_days)],
            opts=self.part_of(self.bucket, depends_on=[*versioning]),
        )
        self.register_outputs({"bucket": self.bucket.bucket})
