"""The bucket under whose prefixes push datasets are written."""

import pulumi
import pulumi_aws as aws

from provisioner.access.limits import export_policy_within_limit
from provisioner.datasets.model import Catalogue
from provisioner.resources.bucket import (
    encrypt_by_s3,
    end_noncurrent_versions,
    end_unfinished_uploads,
    keep_versions,
    private_bucket,
)
from provisioner.resources.component import Component
from provisioner.settings import Settings


class ExportBucket(Component):
    """The export bucket: versioned, so that what is delivered stays recoverable for the retention days."""

    bucket: aws.s3.Bucket
    versioning: aws.s3.BucketVersioning

    def __init__(self, catalogue: Catalogue, settings: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        """The one export bucket of a stack."""
        name = "export-bucket"
        super().__init__(name, opts)
        self.bucket = private_bucket(self, name, settings.export_bucket, protect=True)
        self.versioning = keep_versions(self, name, self.bucket)
        aws.s3.BucketPolicy(
            name,
            bucket=self.bucket.id,
            policy=export_policy_within_limit(catalogue.push, settings).text,
            opts=self.part_of(self.bucket),
        )
        encrypt_by_s3(self, name, self.bucket)
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.bucket.id,
            rules=[end_unfinished_uploads(), end_noncurrent_versions(settings.retention_days)],
            opts=self.part_of(self.bucket, depends_on=[self.versioning]),
        )
        self.register_outputs({"bucket": self.bucket.bucket})
