"""Buckets and what is set on them."""

from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from provisioner.emulator.inputs import Inputs
from provisioner.emulator.services.request import Made, Request, code_of, given

if TYPE_CHECKING:
    from mypy_boto3_s3.literals import BucketVersioningStatusType, ServerSideEncryptionType
    from mypy_boto3_s3.type_defs import (
        LifecycleRuleTypeDef,
        PublicAccessBlockConfigurationTypeDef,
        QueueConfigurationTypeDef,
        ServerSideEncryptionRuleTypeDef,
    )


def bucket_location(region: str) -> dict[str, Any]:
    """The keyword arguments of `create_bucket` that put a bucket in `region`.

    AWS refuses us-east-1 as a location: a bucket is there if none is given (API reference of CreateBucket).
    """
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}


def bucket(request: Request) -> Made:
    """A bucket with its tags."""
    name, tags = request.inputs.text("bucket"), request.default_tags
    # Decides only what `pulumi destroy` does, and nothing is destroyed here.
    request.inputs.maybe_flag("forceDestroy")
    request.inputs.done()
    s3, region = request.account.s3, request.account.region
    try:
        s3.create_bucket(Bucket=name, **bucket_location(region))
    except ClientError as error:
        if code_of(error) != "BucketAlreadyOwnedByYou":
            raise
    if tags:
        s3.put_bucket_tagging(
            Bucket=name, Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}
        )
    return Made(
        id=name,
        outputs={
            "arn": f"arn:aws:s3:::{name}",
            "bucketDomainName": f"{name}.s3.amazonaws.com",
            "bucketRegion": region,
            "bucketRegionalDomainName": f"{name}.s3.{region}.amazonaws.com",
            "tagsAll": tags,
        },
    )


def versioning(request: Request) -> Made:
    """Whether a bucket keeps old versions."""
    name = request.inputs.text("bucket")
    status = cast("BucketVersioningStatusType", request.inputs.one("versioningConfiguration").text("status"))
    request.inputs.done()
    request.account.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})
    return Made(id=name)


def public_access_block(request: Request) -> Made:
    """What of public access a bucket refuses; left out means not refused, as in the AWS provider."""
    name = request.inputs.text("bucket")
    blocked: PublicAccessBlockConfigurationTypeDef = {
        "BlockPublicAcls": bool(request.inputs.maybe_flag("blockPublicAcls")),
        "IgnorePublicAcls": bool(request.inputs.maybe_flag("ignorePublicAcls")),
        "BlockPublicPolicy": bool(request.inputs.maybe_flag("blockPublicPolicy")),
        "RestrictPublicBuckets": bool(request.inputs.maybe_flag("restrictPublicBuckets")),
    }
    request.inputs.done()
    request.account.s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=blocked)
    return Made(id=name)


def policy(request: Request) -> Made:
    """Who may do what in a bucket."""
    name, document = request.inputs.text("bucket"), request.inputs.text("policy")
    request.inputs.done()
    request.account.s3.put_bucket_policy(Bucket=name, Policy=document)
    return Made(id=name)


def lifecycle(request: Request) -> Made:
    """When objects, old versions and unfinished uploads go."""
    name = request.inputs.text("bucket")
    rules = [_lifecycle_rule(rule) for rule in request.inputs.many("rules")]
    request.inputs.done()
    request.account.s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    return Made(id=name)


def _lifecycle_rule(rule: Inputs) -> "LifecycleRuleTypeDef":
    made = given(
        ID=rule.text("id"),
        Status=rule.text("status"),
        # AWS wants a filter; an empty one means the whole bucket.
        Filter={"Prefix": (where.maybe_text("prefix") if (where := rule.maybe_one("filter")) else None) or ""},
    )
    if expiration := rule.maybe_one("expiration"):
        made["Expiration"] = given(
            Days=expiration.maybe_number("days"),
            ExpiredObjectDeleteMarker=expiration.maybe_flag("expiredObjectDeleteMarker"),
        )
    if noncurrent := rule.maybe_one("noncurrentVersionExpiration"):
        made["NoncurrentVersionExpiration"] = {"NoncurrentDays": noncurrent.number("noncurrentDays")}
    if unfinished := rule.maybe_one("abortIncompleteMultipartUpload"):
        made["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": unfinished.number("daysAfterInitiation")}
    return cast("LifecycleRuleTypeDef", made)


def encryption(request: Request) -> Made:
    """How new objects of a bucket are encrypted."""
    name = request.inputs.text("bucket")
    rules = [_encryption_rule(rule) for rule in request.inputs.many("rules")]
    request.inputs.done()
    request.account.s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    return Made(id=name)


def _encryption_rule(rule: Inputs) -> "ServerSideEncryptionRuleTypeDef":
    algorithm = cast("ServerSideEncryptionType", rule.one("applyServerSideEncryptionByDefault").text("sseAlgorithm"))
    return {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}


def notification(request: Request) -> Made:
    """Which queues hear of which changes; S3 refuses a queue whose policy does not let it send."""
    name = request.inputs.text("bucket")
    queues = [_queue_configuration(queue) for queue in request.inputs.many("queues")]
    request.inputs.done()
    request.account.s3.put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"QueueConfigurations": queues}
    )
    return Made(id=name)


def _queue_configuration(queue: Inputs) -> "QueueConfigurationTypeDef":
    made = given(Id=queue.maybe_text("id"), QueueArn=queue.text("queueArn"), Events=queue.texts("events"))
    return cast("QueueConfigurationTypeDef", made)
