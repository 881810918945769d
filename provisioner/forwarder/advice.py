"""What a person must do when AWS refuses a request of a route: one sentence, in the log and in the dead letter."""

from collections.abc import Mapping

from .failure import AwsError, RequestError
from .routes import Route

_NEEDED: Mapping[str, str] = {
    "HeadObject": "s3:GetObject",
    "ListParts": "s3:ListMultipartUploadParts",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
}
"""What the target's policy must allow for a request; for all others it is putting with tags."""


def advice_for(error: AwsError, route: Route) -> str | None:
    """What to do; None if nothing better is known than to try again."""
    failure = RequestError(error)
    if error.operation == "AssumeRole" and failure.denied:
        return f"the trust policy of {route.role_arn} must allow the forwarder's own role; run `pulumi up`"
    if error.code == "NoSuchBucket":
        return f"create the bucket {error.resource}, or correct the dataset's file and its target bucket"
    if failure.key_unusable:
        return (
            f"KMS does not use {route.kms_key_arn or 'the key of the bucket'}: its owner must enable the key, or the "
            "dataset's file name another one"
        )
    if failure.denied and error.resource == route.bucket:
        return _target_advice(error, route)
    if failure.denied:
        return f"{route.role_arn} must be allowed its own prefix {route.dataset}/ there; run `pulumi up`"
    return None


def _target_advice(error: AwsError, route: Route) -> str:
    partition = route.role_arn.split(":")[1]
    needed = _NEEDED.get(error.operation, "s3:PutObject and s3:PutObjectTagging")
    bucket = f"arn:{partition}:s3:::{route.bucket}"
    place = bucket if error.operation == "ListMultipartUploads" else f"{bucket}/{route.dataset}/*"
    owner = f", the bucket must belong to account {route.bucket_account}" if route.bucket_account else ""
    key = f", and the policy of {route.kms_key_arn} must let it use the key" if route.kms_key_arn else ""
    return (
        f"the policy of bucket {route.bucket} must allow {needed} on {place} to {route.role_arn}{owner}{key}; "
        f"`provisioner explain {route.dataset}` prints the statement"
    )
