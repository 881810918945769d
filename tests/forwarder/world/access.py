"""What S3 asks before it does anything: is the bucket there, is it whose it should be, may this role do this."""

from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from .errors import client_error
from .model import Attributes, Bucket, Request, Version

if TYPE_CHECKING:
    from .s3 import FakeS3


def demand_bucket(
    s3: "FakeS3", request: Request, name: str | None = None, *, owner: str = "ExpectedBucketOwner", head: bool = False
) -> Bucket:
    """The bucket of a request, or the one named; `owner` is the parameter that says whose it should be.

    Another owner is a 403 (User Guide, "Verifying bucket ownership with bucket owner condition").
    """
    bucket = s3.buckets.get(request.bucket if name is None else name)
    if bucket is None:
        raise client_error(request, "NoSuchBucket", 404, head=head)
    if request.parameters.get(owner) not in (None, bucket.owner):
        raise client_error(request, "AccessDenied", 403, head=head)
    return bucket


def demand(
    s3: "FakeS3", request: Request, action: str, bucket: str, *, key: str | None = None, head: bool = False
) -> None:
    """Refuse a request whose role may not do an action on its key, or on the one given."""
    if not s3.may(request.role, action, bucket, request.key if key is None else key):
        raise client_error(request, "AccessDenied", 403, head=head)


def find(
    s3: "FakeS3", request: Request, bucket: str, key: str, version_id: str | None, *, head: bool = False
) -> Version:
    """A version; a missing one is a 404 only to a role that may list the whole bucket.

    Amazon S3 API Reference, HeadObject and GetObject, "Permissions". A delete marker asked for by its id is a 405
    (User Guide, "Working with delete markers").
    """
    for version in reversed(s3.versions(bucket, key)):
        if version_id in (None, version.version_id):
            if not version.is_marker:
                return version
            if version_id:
                raise client_error(request, "MethodNotAllowed", 405, head=head)
            break
    if not s3.may_list_all(request.role, bucket):
        raise client_error(request, "AccessDenied", 403, head=head)
    raise client_error(request, "NoSuchVersion" if version_id else "NoSuchKey", 404, head=head)


def demand_condition(s3: "FakeS3", request: Request) -> None:
    """Refuse a write whose IfMatch or IfNoneMatch the current version does not meet, at the moment it would land.

    User Guide, "How to prevent object overwrites with conditional writes": 412 if it is another, 404 if there is none
    to match; IfNoneMatch takes `*` alone, and a delete marker is no object.
    """
    current = s3.current(request.bucket, request.key)
    if (etag := request.parameters.get("IfMatch")) is not None:
        demand(s3, request, "s3:GetObject", request.bucket)
        if current is None:
            raise client_error(request, "NoSuchKey", 404)
        if not matches(etag, current.etag):
            raise client_error(request, "PreconditionFailed", 412)
    if (none := request.parameters.get("IfNoneMatch")) is not None:
        if none != "*":
            raise client_error(request, "NotImplemented", 501)
        if current is not None:
            raise client_error(request, "PreconditionFailed", 412)


def matches(condition: str, etag: str) -> bool:
    """Whether an ETag meets a condition, which may lack the quotation marks or be `*`."""
    return condition == "*" or condition.strip('"') == etag.strip('"')


def kms_key(s3: "FakeS3", request: Request) -> str | None:
    """The key that encrypts what is written. A target that demands another one refuses the request."""
    parameters = request.parameters
    key: str | None = parameters.get("SSEKMSKeyId") if parameters.get("ServerSideEncryption") == "aws:kms" else None
    required = s3.buckets[request.bucket].required_kms_key
    if required and key != required:
        raise client_error(request, "AccessDenied", 403)
    return key


HEADERS = ("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType", "Expires")
"""The system-defined metadata that a user sets (User Guide, "Working with object metadata")."""


def sent_attributes(request: Request) -> Attributes:
    """What a request says of the object that it makes."""
    parameters = request.parameters
    pairs = (pair.partition("=") for pair in parameters.get("Tagging", "").split("&") if pair)
    return Attributes(
        headers={name: parameters[name] for name in HEADERS if name in parameters},
        metadata=dict(parameters.get("Metadata", {})),
        tags={unquote_plus(name): unquote_plus(value) for name, _, value in pairs},
    )
