"""Deleting, one key or many, with conditions (User Guide, "How to perform conditional deletes")."""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .access import demand, demand_bucket, matches
from .errors import client_error
from .model import Answer, Request

if TYPE_CHECKING:
    from .s3 import FakeS3

MAX_KEYS = 1000
"""Keys in one DeleteObjects (API Reference, DeleteObjects)."""

_GONE_CODES = {403: "AccessDenied", 404: "NoSuchKey", 412: "PreconditionFailed"}


def one(s3: "FakeS3", request: Request) -> Answer:
    parameters = request.parameters
    demand_bucket(s3, request)
    return _delete(s3, request, request.key, parameters.get("VersionId"), parameters.get("IfMatch"))


def many(s3: "FakeS3", request: Request) -> Answer:
    """Each key is deleted or not for itself; the answer names both kinds."""
    demand_bucket(s3, request)
    entries = request.parameters["Delete"]["Objects"]
    if not 1 <= len(entries) <= MAX_KEYS:
        raise client_error(request, "MalformedXML", 400)
    deleted: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for entry in entries:
        named = {name: entry[name] for name in ("Key", "VersionId") if name in entry}
        try:
            done = _delete(s3, request, entry["Key"], entry.get("VersionId"), entry.get("ETag"))
        except ClientError as refused:
            error = refused.response["Error"]
            errors.append(named | {"Code": error["Code"], "Message": error["Message"]})
        else:
            marked = (
                {"DeleteMarker": True, "DeleteMarkerVersionId": done["VersionId"]} if "DeleteMarker" in done else {}
            )
            deleted.append(named | marked)
    # boto3 leaves out what S3 leaves out: empty lists.
    shown = {} if request.parameters["Delete"].get("Quiet") else {"Deleted": deleted}
    return {name: value for name, value in (shown | {"Errors": errors}).items() if value}


def _delete(s3: "FakeS3", request: Request, key: str, version_id: str | None, etag: str | None) -> Answer:
    if version_id is not None:
        return _destroy(s3, request, key, version_id, etag)
    demand(s3, request, "s3:DeleteObject", request.bucket, key=key)
    if etag is not None:
        if etag != "*":
            demand(s3, request, "s3:GetObject", request.bucket, key=key)
        current = s3.current(request.bucket, key)
        if current is None:
            if s3.gone_delete_status == 204:
                return {}
            raise client_error(request, _GONE_CODES[s3.gone_delete_status], s3.gone_delete_status)
        if not matches(etag, current.etag):
            raise client_error(request, "PreconditionFailed", 412)
    return {"DeleteMarker": True, "VersionId": s3.mark_deleted(request.bucket, key).version_id}


def _destroy(s3: "FakeS3", request: Request, key: str, version_id: str, etag: str | None) -> Answer:
    """Remove one version for good; conditions are of the current version only, so together they make no sense."""
    assert etag is None, "the documentation does not say what a condition on a version does"
    demand(s3, request, "s3:DeleteObjectVersion", request.bucket, key=key)
    versions = s3.buckets[request.bucket].keys.get(key, [])
    answer: Answer = {"VersionId": version_id}
    for version in versions:
        if version.version_id == version_id:
            versions.remove(version)
            answer |= {"DeleteMarker": True} if version.is_marker else {}
            break
    if not versions:
        s3.forget(request.bucket, key)
    return answer
