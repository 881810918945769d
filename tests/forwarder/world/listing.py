"""Listing keys and versions, in the order of their UTF-8 bytes (User Guide, "Listing object keys programmatically")."""

from typing import TYPE_CHECKING, Any

from .access import demand, demand_bucket
from .clock import moment
from .errors import client_error
from .model import Answer, Request

if TYPE_CHECKING:
    from .s3 import FakeS3


def objects(s3: "FakeS3", request: Request) -> Answer:
    """Keys that show a current version. A continuation token stands for the last key of the page before."""
    parameters = request.parameters
    bucket = demand_bucket(s3, request)
    demand(s3, request, "s3:ListBucket", request.bucket)
    after = parameters.get("ContinuationToken", parameters.get("StartAfter", ""))
    found = [
        (key, current)
        for key in sorted(bucket.keys, key=str.encode)
        if key.startswith(parameters.get("Prefix", "")) and key.encode() > after.encode()
        if (current := s3.current(request.bucket, key))
    ]
    size = min(parameters.get("MaxKeys", s3.page_size), s3.page_size)
    page = found[:size]
    answer: dict[str, Any] = {
        "IsTruncated": len(page) < len(found),
        "KeyCount": len(page),
        "Contents": [
            {
                "Key": key,
                "Size": version.size,
                "ETag": version.etag,
                "LastModified": moment(version.modified),
                "StorageClass": "STANDARD",
            }
            for key, version in page
        ],
    }
    if answer["IsTruncated"]:
        answer["NextContinuationToken"] = page[-1][0]
    return {name: value for name, value in answer.items() if value != []}


def versions(s3: "FakeS3", request: Request) -> Answer:
    """Every version and delete marker, the newest of each key first."""
    parameters = request.parameters
    keys = demand_bucket(s3, request).keys
    demand(s3, request, "s3:ListBucketVersions", request.bucket)
    if any(parameters.get(name) == "" for name in ("KeyMarker", "VersionIdMarker")):
        raise client_error(request, "InvalidArgument", 400)
    entries = [
        (key, version, version is keys[key][-1])
        for key in sorted(keys, key=str.encode)
        if key.startswith(parameters.get("Prefix", ""))
        for version in reversed(keys[key])
    ]
    marker, places = parameters.get("KeyMarker", ""), [(key, version.version_id) for key, version, _ in entries]
    place = (marker, parameters.get("VersionIdMarker"))
    # The version of the marker may have gone meanwhile: then the list goes on with the next key.
    start = places.index(place) + 1 if place in places else sum(key.encode() <= marker.encode() for key, _ in places)
    page = entries[start : start + min(parameters.get("MaxKeys", s3.page_size), s3.page_size)]
    answer: dict[str, Any] = {
        "IsTruncated": start + len(page) < len(entries),
        "Versions": [
            {
                "Key": key,
                "VersionId": version.version_id,
                "IsLatest": latest,
                "ETag": version.etag,
                "Size": version.size,
                "LastModified": moment(version.modified),
            }
            for key, version, latest in page
            if not version.is_marker
        ],
        "DeleteMarkers": [
            {
                "Key": key,
                "VersionId": version.version_id,
                "IsLatest": latest,
                "LastModified": moment(version.modified),
            }
            for key, version, latest in page
            if version.is_marker
        ],
    }
    if answer["IsTruncated"]:
        answer["NextKeyMarker"], answer["NextVersionIdMarker"] = page[-1][0], page[-1][1].version_id
    # boto3 leaves out what S3 leaves out: empty lists.
    return {name: value for name, value in answer.items() if value != []}
