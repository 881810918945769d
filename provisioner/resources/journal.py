"""The bucket of what the forwarder remembers: names of files and what became of them, never their data."""

from typing import Final

import pulumi
import pulumi_aws as aws

from provisioner.access.limits import MAX_BUCKET_POLICY, within_limit
from provisioner.access.policies import journal_bucket_policy
from provisioner.resources.bucket import encrypt_by_s3, end_unfinished_uploads, private_bucket
from provisioner.resources.component import Component
from provisioner.settings import Settings

TROUBLE_DAYS: Final = 30
"""Days after which a trouble that nobody mended is forgotten: longer than the 14 that its message stays in a queue."""


class Journal(Component):
    """The journal's bucket. It is not versioned: what counts of each entry is the last that was written.

    It is protected all the same: without the receipts in it, files that a dataset keeps would be delivered again.
    """

    bucket: aws.s3.Bucket

    def __init__(self, settings: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        """The one journal of a stack."""
        name = "journal"
        super().__init__(name, opts)
        self.bucket = private_bucket(self, name, settings.journal_bucket, protect=True)
        policy = within_limit(journal_bucket_policy(settings), MAX_BUCKET_POLICY, "the journal's policy", settings)
        aws.s3.BucketPolicy(name, bucket=self.bucket.id, policy=policy.text, opts=self.part_of(self.bucket))
        encrypt_by_s3(self, name, self.bucket)
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.bucket.id,
            rules=[end_unfinished_uploads(), _forget_troubles()],
            opts=self.part_of(self.bucket),
        )
        self.register_outputs({"bucket": self.bucket.bucket})


def _forget_troubles() -> aws.s3.BucketLifecycleConfigurationRuleArgs:
    return aws.s3.BucketLifecycleConfigurationRuleArgs(
        id="forget-troubles",
        status="Enabled",
        filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix="troubles/"),
        expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=TROUBLE_DAYS),
    )
