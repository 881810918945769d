"""What every bucket of ours has: no public access, and no rest left of unfinished uploads."""

from typing import Final

import pulumi_aws as aws

from provisioner.resources.component import Component

UNFINISHED_UPLOAD_DAYS: Final = 35
"""Days after which the parts of an upload that nobody completed are removed. S3 keeps and bills them for ever.

A file that the exporter has committed and a crash kept from being seen waits as such an upload until the next run
completes it: so these are more days than lie between two runs of a monthly export."""


def private_bucket(owner: Component, name: str, bucket: str, *, protect: bool) -> aws.s3.Bucket:
    """A bucket that nobody outside reaches but by its policy: two resources.

    It is never emptied by force: with data in it, AWS refuses to delete it.
    """
    made = aws.s3.Bucket(name, bucket=bucket, force_destroy=False, opts=owner.child(protect=protect))
    aws.s3.BucketPublicAccessBlock(
        name,
        bucket=made.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=owner.part_of(made),
    )
    return made


def end_unfinished_uploads() -> aws.s3.BucketLifecycleConfigurationRuleArgs:
    """The lifecycle rule that removes the parts of unfinished uploads."""
    return aws.s3.BucketLifecycleConfigurationRuleArgs(
        id="end-unfinished-uploads",
        status="Enabled",
        filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
        abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
            days_after_initiation=UNFINISHED_UPLOAD_DAYS
        ),
    )


def encrypt_by_s3(owner: Component, name: str, bucket: aws.s3.Bucket) -> aws.s3.BucketServerSideEncryptionConfiguration:
    """Encryption of what comes into a bucket, with keys of S3's own."""
    by_default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs
    return aws.s3.BucketServerSideEncryptionConfiguration(
        name,
        bucket=bucket.id,
        rules=[
            aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                apply_server_side_encryption_by_default=by_default(sse_algorithm="AES256")
            )
        ],
        opts=owner.part_of(bucket),
    )


def end_noncurrent_versions(days: int) -> aws.s3.BucketLifecycleConfigurationRuleArgs:
    """The lifecycle rule that removes versions that were overwritten or deleted `days` ago, and bare delete markers."""
    return aws.s3.BucketLifecycleConfigurationRuleArgs(
        id="end-noncurrent-versions",
        status="Enabled",
        filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
        noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
            noncurrent_days=days
        ),
        expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(expired_object_delete_marker=True),
    )


def keep_versions(owner: Component, name: str, bucket: aws.s3.Bucket) -> aws.s3.BucketVersioning:
    """Versioning for a bucket: what is overwritten or deleted stays as a noncurrent version."""
    return aws.s3.BucketVersioning(
        name,
        bucket=bucket.id,
        versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
        opts=owner.part_of(bucket),
    )
