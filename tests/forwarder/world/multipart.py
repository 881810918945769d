"""Multipart uploads, of bytes and by part copies (User Guide, "Uploading and copying objects using multipart upload").

Permissions are those of that guide's page "Multipart upload API and permissions", limits those of "Amazon S3 multipart
upload limits".
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import checksum as checksums
from .access import demand, demand_bucket, demand_condition, kms_key, sent_attributes
from .checksum import Checksum
from .clock import moment
from .content import Content
from .errors import client_error
from .model import Answer, Part, Request, Upload
from .objects import copy_source

if TYPE_CHECKING:
    from .s3 import FakeS3

MIN_PART_BYTES = 5 * 1024**2
"""Every part but the last; also what a source must exceed before ranges of it can be copied (UploadPartCopy)."""

MAX_PIECE_BYTES = 5 * 1024**3
"""The largest part, and the most that one part copy reads."""

MAX_PARTS = 10_000
"""Part numbers are 1 to this."""

_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


def create(s3: "FakeS3", request: Request) -> Answer:
    parameters = request.parameters
    bucket = demand_bucket(s3, request)
    demand(s3, request, "s3:PutObject", request.bucket)
    if parameters.get("Tagging"):
        demand(s3, request, "s3:PutObjectTagging", request.bucket)
    algorithm = parameters.get("ChecksumAlgorithm", checksums.DEFAULT_ALGORITHM)
    kind = parameters.get("ChecksumType", "FULL_OBJECT" if algorithm == checksums.DEFAULT_ALGORITHM else "COMPOSITE")
    allowed = checksums.FULL_OBJECT_IN_PARTS if kind == "FULL_OBJECT" else checksums.COMPOSITE_IN_PARTS
    if algorithm not in allowed or ("ChecksumType" in parameters and "ChecksumAlgorithm" not in parameters):
        raise client_error(request, "InvalidRequest", 400)
    upload = Upload(
        upload_id=s3.next_id("upload"),
        key=request.key,
        initiated=s3.clock(),
        attributes=sent_attributes(request),
        algorithm=algorithm,
        checksum_type=kind,
        kms_key=kms_key(s3, request),
    )
    bucket.uploads[upload.upload_id] = upload
    told = {"ChecksumAlgorithm": algorithm, "ChecksumType": kind}
    return {"Bucket": request.bucket, "Key": request.key, "UploadId": upload.upload_id} | told


def put_part(s3: "FakeS3", request: Request) -> Answer:
    """Take a part's bytes, if they are those that their checksum is of."""
    parameters = request.parameters
    demand_bucket(s3, request)
    demand(s3, request, "s3:PutObject", request.bucket)
    if not 1 <= parameters["PartNumber"] <= MAX_PARTS:
        raise client_error(request, "InvalidArgument", 400)
    upload = _find(s3, request)
    content = Content.of(bytes(parameters["Body"]))
    checksum = checksums.full(content, upload.algorithm)
    if parameters.get(f"Checksum{upload.algorithm}", checksum.value) != checksum.value:
        raise client_error(request, "BadDigest", 400)
    part = Part(content=content, etag=checksums.etag(content), checksum=checksum, modified=s3.clock())
    upload.parts[parameters["PartNumber"]] = part
    return {"ETag": part.etag} | _checksum_of(part)


def copy_part(s3: "FakeS3", request: Request) -> Callable[[], Answer]:
    """Read and check the source; the landing needs the upload to be there still."""
    parameters = request.parameters
    demand_bucket(s3, request)
    demand(s3, request, "s3:PutObject", request.bucket)
    if not 1 <= parameters["PartNumber"] <= MAX_PARTS:
        raise client_error(request, "InvalidArgument", 400)
    _find(s3, request)
    source = copy_source(s3, request, tags_too=False)
    content = source.content
    assert content is not None
    if "CopySourceRange" in parameters:
        content = _range(request, content)
    if content.size > MAX_PIECE_BYTES:
        raise client_error(request, "InvalidRequest", 400)
    found = content

    def land() -> Answer:
        upload = _find(s3, request)
        part = Part(
            content=found,
            etag=checksums.etag(found),
            checksum=checksums.full(found, upload.algorithm),
            modified=s3.clock(),
        )
        upload.parts[parameters["PartNumber"]] = part
        result = {"ETag": part.etag, "LastModified": moment(part.modified)} | _checksum_of(part)
        return {"CopyPartResult": result, "CopySourceVersionId": source.version_id}

    return land


def parts(s3: "FakeS3", request: Request) -> Answer:
    parameters = request.parameters
    demand_bucket(s3, request)
    demand(s3, request, "s3:ListMultipartUploadParts", request.bucket)
    upload = _find(s3, request)
    after = parameters.get("PartNumberMarker", 0)
    found = [number for number in sorted(upload.parts) if number > after]
    page = found[: min(parameters.get("MaxParts", s3.page_size), s3.page_size)]
    answer: dict[str, Any] = {
        "Bucket": request.bucket,
        "Key": request.key,
        "UploadId": upload.upload_id,
        "IsTruncated": len(page) < len(found),
        "ChecksumAlgorithm": upload.algorithm,
        "ChecksumType": upload.checksum_type,
        "Parts": [
            {
                "PartNumber": number,
                "ETag": upload.parts[number].etag,
                "Size": upload.parts[number].content.size,
                "LastModified": moment(upload.parts[number].modified),
            }
            | _checksum_of(upload.parts[number])
            for number in page
        ],
    }
    if answer["IsTruncated"]:
        answer["NextPartNumberMarker"] = page[-1]
    return {name: value for name, value in answer.items() if value != []}


def uploads(s3: "FakeS3", request: Request) -> Answer:
    """Uploads by key, the oldest of each key first. The action knows no prefix: it is allowed for the whole bucket."""
    parameters = request.parameters
    bucket = demand_bucket(s3, request)
    demand(s3, request, "s3:ListBucketMultipartUploads", request.bucket)
    marker = (parameters.get("KeyMarker", "").encode(), parameters.get("UploadIdMarker"))
    places = {upload.upload_id: (upload.key.encode(), upload.initiated) for upload in bucket.uploads.values()}
    found = [upload for upload in bucket.uploads.values() if upload.key.startswith(parameters.get("Prefix", ""))]
    found.sort(key=lambda upload: places[upload.upload_id])
    if marker[1] in places:
        ids = [upload.upload_id for upload in found]
        found = found[ids.index(marker[1]) + 1 :] if marker[1] in ids else found
    elif marker[0]:
        found = [upload for upload in found if upload.key.encode() > marker[0]]
    page = found[: min(parameters.get("MaxUploads", s3.page_size), s3.page_size)]
    answer: dict[str, Any] = {
        "IsTruncated": len(page) < len(found),
        "Uploads": [
            {
                "Key": upload.key,
                "UploadId": upload.upload_id,
                "Initiated": moment(upload.initiated),
                "ChecksumAlgorithm": upload.algorithm,
                "ChecksumType": upload.checksum_type,
            }
            for upload in page
        ],
    }
    if answer["IsTruncated"]:
        answer["NextKeyMarker"], answer["NextUploadIdMarker"] = page[-1].key, page[-1].upload_id
    return {name: value for name, value in answer.items() if value != []}


def abort(s3: "FakeS3", request: Request) -> Answer:
    bucket = demand_bucket(s3, request)
    demand(s3, request, "s3:AbortMultipartUpload", request.bucket)
    del bucket.uploads[_find(s3, request).upload_id]
    return {}


def complete(s3: "FakeS3", request: Request) -> Callable[[], Answer]:
    """Check the parts; the landing checks the destination's conditions and makes the object.

    A completion that is refused leaves the upload as it was.
    """
    demand_bucket(s3, request)
    demand(s3, request, "s3:PutObject", request.bucket)
    upload = _find(s3, request)
    chosen = _chosen(request, upload)
    content = Content.join(part.content for part in chosen)
    checksum = _checksum_of_all(request, upload, chosen, content)

    def land() -> Answer:
        bucket = demand_bucket(s3, request)
        still = _find(s3, request)
        demand_condition(s3, request)
        del bucket.uploads[still.upload_id]
        made = s3.add(
            request.bucket,
            request.key,
            content,
            event="ObjectCreated:CompleteMultipartUpload",
            etag=checksums.etag_of_parts([part.content for part in chosen]),
            attributes=upload.attributes,
            checksum=checksum,
            kms_key=upload.kms_key,
        )
        named = {"Bucket": request.bucket, "Key": request.key}
        return named | {"ETag": made.etag, "VersionId": made.version_id} | checksum.fields()

    return land


def _chosen(request: Request, upload: Upload) -> list[Part]:
    """The parts that a completion names: in order, there, and big enough (API Reference, CompleteMultipartUpload)."""
    named: Sequence[Mapping[str, Any]] = request.parameters.get("MultipartUpload", {}).get("Parts", [])
    if not named:
        raise client_error(request, "MalformedXML", 400)
    numbers = [part["PartNumber"] for part in named]
    if numbers != sorted(set(numbers)):
        raise client_error(request, "InvalidPartOrder", 400)
    field = f"Checksum{upload.algorithm}"
    for part in named:
        there = upload.parts.get(part["PartNumber"])
        if there is None or part["ETag"].strip('"') != there.etag.strip('"'):
            raise client_error(request, "InvalidPart", 400)
        if field not in part and upload.checksum_type == "COMPOSITE":
            raise client_error(request, "InvalidRequest", 400)
        if part.get(field, there.checksum.value) != there.checksum.value:
            raise client_error(request, "InvalidPart", 400)
    chosen = [upload.parts[number] for number in numbers]
    if any(part.content.size < MIN_PART_BYTES for part in chosen[:-1]):
        raise client_error(request, "EntityTooSmall", 400)
    return chosen


def _checksum_of_all(request: Request, upload: Upload, chosen: list[Part], content: Content) -> Checksum:
    """The checksum of the object; refuses a completion that expects another one, or another size."""
    parameters = request.parameters
    if parameters.get("MpuObjectSize", content.size) != content.size:
        raise client_error(request, "InvalidRequest", 400)
    if parameters.get("ChecksumType", upload.checksum_type) != upload.checksum_type:
        raise client_error(request, "InvalidRequest", 400)
    if upload.checksum_type == "FULL_OBJECT":
        checksum = checksums.full(content, upload.algorithm)
    else:
        checksum = checksums.composite([part.content for part in chosen], upload.algorithm)
    if parameters.get(f"Checksum{upload.algorithm}", checksum.value) != checksum.value:
        raise client_error(request, "BadDigest", 400)
    return checksum


def _find(s3: "FakeS3", request: Request) -> Upload:
    """The upload of a request; one that was completed or aborted is no more."""
    upload = demand_bucket(s3, request).uploads.get(request.parameters["UploadId"])
    if upload is None or upload.key != request.key:
        raise client_error(request, "NoSuchUpload", 404)
    return upload


def _range(request: Request, content: Content) -> Content:
    found = _RANGE.fullmatch(request.parameters["CopySourceRange"])
    first, last = (int(group) for group in found.groups()) if found else (0, -1)
    if not first <= last < content.size:
        raise client_error(request, "InvalidArgument", 400)
    if content.size <= MIN_PART_BYTES:
        raise client_error(request, "InvalidRequest", 400)
    return content.range(first, last)


def _checksum_of(part: Part) -> dict[str, str]:
    return {f"Checksum{part.checksum.algorithm}": part.checksum.value}
