"""Requests about one object: HeadObject, GetObject, GetObjectTagging, PutObject, CopyObject.

Permissions are those of the Service Authorization Reference ("Actions, resources, and condition keys for Amazon S3")
and of the "Permissions" section of each operation's page in the Amazon S3 API Reference.
"""

import dataclasses
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.response import StreamingBody

from . import checksum as checksums
from .access import demand, demand_bucket, demand_condition, find, kms_key, matches, sent_attributes
from .clock import moment
from .content import Content
from .errors import client_error
from .model import Answer, Attributes, Request, Version

if TYPE_CHECKING:
    from .s3 import FakeS3

MAX_COPY_BYTES = 5 * 1024**3
"""What one CopyObject copies (API Reference, CopyObject)."""


def head(s3: "FakeS3", request: Request) -> Answer:
    return _description(request, _readable(s3, request, head=True))


def get(s3: "FakeS3", request: Request) -> Answer:
    version = _readable(s3, request)
    body = version.body
    assert body is not None
    assert len(body) == version.size, "the fake gives no bodies of objects that are numbers"
    return _description(request, version) | {"Body": StreamingBody(io.BytesIO(body), len(body))}


def tagging(s3: "FakeS3", request: Request) -> Answer:
    version_id = request.parameters.get("VersionId")
    demand_bucket(s3, request)
    demand(s3, request, f"s3:GetObject{'Version' if version_id else ''}Tagging", request.bucket)
    version = find(s3, request, request.bucket, request.key, version_id)
    tags = [{"Key": name, "Value": value} for name, value in version.tags.items()]
    return {"TagSet": tags, "VersionId": version.version_id}


def put(s3: "FakeS3", request: Request) -> Answer:
    parameters = request.parameters
    demand_bucket(s3, request)
    demand(s3, request, "s3:PutObject", request.bucket)
    if parameters.get("Tagging"):
        demand(s3, request, "s3:PutObjectTagging", request.bucket)
    key = kms_key(s3, request)
    demand_condition(s3, request)
    body = parameters.get("Body", b"")
    content = Content.of(body if isinstance(body, bytes) else body.encode())
    # boto3 itself adds a CRC32 where none is asked for (AWS SDKs, "Data integrity protections for Amazon S3").
    checksum = checksums.full(content, parameters.get("ChecksumAlgorithm", "CRC32"))
    made = s3.add(
        request.bucket,
        request.key,
        content,
        event="ObjectCreated:Put",
        etag=checksums.etag(content),
        attributes=sent_attributes(request),
        checksum=checksum,
        kms_key=key,
    )
    return {"ETag": made.etag, "VersionId": made.version_id} | checksum.fields()


def copy(s3: "FakeS3", request: Request) -> Callable[[], Answer]:
    """Read and check the source; the landing checks the destination's conditions and makes the copy."""
    parameters = request.parameters
    demand_bucket(s3, request)
    tags_too = parameters.get("TaggingDirective", "COPY") == "COPY"
    source = copy_source(s3, request, tags_too=tags_too)
    if parameters.get("AnnotationDirective", "COPY") == "COPY":
        demand(s3, request, "s3:GetObjectAnnotation", parameters["CopySource"]["Bucket"])
    for action in ("s3:PutObject", "s3:PutObjectTagging"):
        demand(s3, request, action, request.bucket)
    key = kms_key(s3, request)
    if source.size > MAX_COPY_BYTES:
        raise client_error(request, "InvalidRequest", 400)
    sent = sent_attributes(request)
    attributes = source.attributes if parameters.get("MetadataDirective", "COPY") == "COPY" else sent
    attributes = dataclasses.replace(attributes, tags=source.tags if tags_too else sent.tags)
    return lambda: _land_copy(s3, request, source, attributes, key)


def _land_copy(s3: "FakeS3", request: Request, source: Version, attributes: Attributes, key: str | None) -> Answer:
    """Make the copy: it came in one request, so its ETag is that of one part, and its checksum is over all bytes.

    The checksum's algorithm is the one asked for, else the source's, else S3's own (API Reference, CopyObject,
    x-amz-checksum-algorithm; CopyObjectResult, ChecksumCRC64NVME).
    """
    demand_bucket(s3, request)
    demand_condition(s3, request)
    assert source.content is not None
    content = s3.carry(source.content)
    found = source.checksum.algorithm if source.checksum else checksums.DEFAULT_ALGORITHM
    checksum = checksums.full(content, request.parameters.get("ChecksumAlgorithm", found))
    made = s3.add(
        request.bucket,
        request.key,
        content,
        event="ObjectCreated:Copy",
        etag=checksums.etag(content),
        attributes=attributes,
        checksum=checksum,
        kms_key=key,
    )
    result = {"ETag": made.etag, "LastModified": moment(made.modified)} | checksum.fields()
    answer: Answer = {
        "CopyObjectResult": result,
        "CopySourceVersionId": source.version_id,
        "VersionId": made.version_id,
    }
    return answer | _encryption(made)


def copy_source(s3: "FakeS3", request: Request, *, tags_too: bool) -> Version:
    """The version that a request copies from, to a role that may read it, under the request's source conditions."""
    parameters = request.parameters
    source = parameters["CopySource"]
    version_id = source.get("VersionId")
    demand_bucket(s3, request, source["Bucket"], owner="ExpectedSourceBucketOwner")
    kind = "Version" if version_id else ""
    for action in (f"s3:GetObject{kind}", *((f"s3:GetObject{kind}Tagging",) if tags_too else ())):
        demand(s3, request, action, source["Bucket"], key=source["Key"])
    version = find(s3, request, source["Bucket"], source["Key"], version_id)
    if not matches(parameters.get("CopySourceIfMatch", "*"), version.etag):
        raise client_error(request, "PreconditionFailed", 412)
    if "CopySourceIfNoneMatch" in parameters and matches(parameters["CopySourceIfNoneMatch"], version.etag):
        raise client_error(request, "PreconditionFailed", 412)
    return version


def _readable(s3: "FakeS3", request: Request, *, head: bool = False) -> Version:
    version_id = request.parameters.get("VersionId")
    demand_bucket(s3, request, head=head)
    demand(s3, request, "s3:GetObjectVersion" if version_id else "s3:GetObject", request.bucket, head=head)
    version = find(s3, request, request.bucket, request.key, version_id, head=head)
    if not matches(request.parameters.get("IfMatch", "*"), version.etag):
        raise client_error(request, "PreconditionFailed", 412, head=head)
    return version


def _description(request: Request, version: Version) -> Answer:
    described: dict[str, Any] = {
        "ContentLength": version.size,
        "ContentType": "binary/octet-stream",
        "ETag": version.etag,
        "LastModified": moment(version.modified),
        "VersionId": version.version_id,
        "Metadata": dict(version.metadata),
    }
    described |= version.attributes.headers
    described |= _encryption(version)
    if request.parameters.get("ChecksumMode") == "ENABLED" and version.checksum:
        described |= version.checksum.fields()
    return described


def _encryption(version: Version) -> Answer:
    """Every object is encrypted, by S3's own keys where none is named."""
    if version.kms_key is None:
        return {"ServerSideEncryption": "AES256"}
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": version.kms_key}
