"""A fake S3 that is as strict as AWS: versions, delete markers, permissions, and every precondition enforced.

`FakeS3` is the world: its buckets, and the means of a test to act between any two requests. `FakeS3.client` gives the
S3 client of one role. Parameters are checked against botocore's own model, so a request that AWS does not know fails.
"""

import base64
import hashlib
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, cast

import botocore.session
from botocore.exceptions import ClientError
from botocore.validate import validate_parameters

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ACCOUNT = "111122223333"
"""The owner of the export bucket."""

_S3_MODEL = botocore.session.get_session().get_service_model("s3")

ChecksumType = Literal["FULL_OBJECT", "COMPOSITE"]


class ProcessDiedError(BaseException):
    """The process that sent a request is no more. A BaseException, so that no code under test can go on."""


class When(Enum):
    """The moments of a request at which a test can act."""

    BEFORE = "before"
    """The request has been sent; S3 has not looked at it."""

    DURING = "during"
    """A copy has read its source and passed its preconditions, and has not landed."""

    AFTER = "after"
    """S3 has done it; the answer is on its way."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request to the fake; `number` counts from 1."""

    number: int
    operation: str
    bucket: str
    key: str
    role: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Permission:
    """A role may do an action on the keys (for listing: the prefixes) of a bucket that begin with `prefix`."""

    action: str
    bucket: str
    prefix: str = ""


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of a key; a delete marker has no body. `size` may exceed the body's, to stand for big objects."""

    version_id: str
    body: bytes | None
    size: int = 0
    etag: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    checksum_type: ChecksumType | None = None
    kms_key: str | None = None

    @property
    def is_marker(self) -> bool:
        return self.body is None


@dataclass(kw_only=True)
class Bucket:
    """A versioned bucket: versions by key, oldest first."""

    owner: str
    required_kms_key: str | None = None
    keys: dict[str, list[Version]] = field(default_factory=dict)


Action = Callable[[], None]


class FakeS3:
    """Buckets and what roles may do in them; no clock, no randomness."""

    def __init__(self) -> None:
        self.buckets: dict[str, Bucket] = {}
        self.permissions: dict[str, set[Permission]] = {}
        self.requests: list[Request] = []
        self.page_size = 1000
        self.gone_delete_status: Literal[204, 403, 404, 412] = 404
        """What a conditional delete answers when a delete marker is on top. The User Guide documents 404."""
        self.on_request: Callable[[Request, When], None] = lambda _request, _when: None
        """Called at every moment of every request; may use the fake itself, and may raise."""
        self._versions_made = 0

    # What tests do in the world, past all permissions.

    def create_bucket(self, name: str, owner: str = ACCOUNT, required_kms_key: str | None = None) -> None:
        self.buckets[name] = Bucket(owner=owner, required_kms_key=required_kms_key)

    def write(
        self,
        bucket: str,
        key: str,
        body: bytes,
        *,
        metadata: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
        checksum_type: ChecksumType | None = "FULL_OBJECT",
        size: int | None = None,
    ) -> str:
        """Put an object as one of the dataset's users does; returns its version id."""
        return self._add(
            bucket,
            key,
            Version(
                version_id=self._next_version_id(),
                body=body,
                size=len(body) if size is None else size,
                etag=_etag(body, parts=2 if checksum_type == "COMPOSITE" else 1),
                metadata=metadata or {},
                tags=tags or {},
                checksum_type=checksum_type,
            ),
        )

    def mark_deleted(self, bucket: str, key: str) -> None:
        self._add(bucket, key, Version(version_id=self._next_version_id(), body=None))

    def forget(self, bucket: str, key: str) -> None:
        """Remove every version, as a lifecycle rule does in the end."""
        self.buckets[bucket].keys.pop(key, None)

    def current(self, bucket: str, key: str) -> Version | None:
        """The current version; None if there is none or a delete marker is on top."""
        versions = self.versions(bucket, key)
        return versions[-1] if versions and not versions[-1].is_marker else None

    def body(self, bucket: str, key: str) -> bytes | None:
        current = self.current(bucket, key)
        return current.body if current else None

    def versions(self, bucket: str, key: str) -> list[Version]:
        """Every version and delete marker of a key, oldest first."""
        return list(self.buckets[bucket].keys.get(key, []))

    def allow(self, role: str, actions: Collection[str], bucket: str, prefix: str = "") -> None:
        permissions = self.permissions.setdefault(role, set())
        permissions.update(Permission(action=action, bucket=bucket, prefix=prefix) for action in actions)

    def deny(self, role: str, action: str, bucket: str) -> None:
        self.permissions[role] = {
            permission
            for permission in self.permissions[role]
            if (permission.action, permission.bucket) != (action, bucket)
        }

    def client(self, role: str) -> "S3Client":
        """An S3 client with a role's permissions; it has the methods that the forwarder uses."""
        return cast("S3Client", FakeS3Client(self, role))

    def at(self, operation: str, when: When, action: Action, *, bucket: str | None = None, occurrence: int = 1) -> None:
        """Run an action once, at a moment of the nth request of an operation (on a bucket) from now on."""
        seen = 0

        def act(request: Request, moment: When) -> None:
            nonlocal seen
            if request.operation != operation or moment is not when or bucket not in (None, request.bucket):
                return
            seen += 1
            if seen == occurrence:
                action()

        self.on_request = act

    def operations(self) -> list[str]:
        return [request.operation for request in self.requests]

    # What the client needs of the world.

    def may(self, role: str, action: str, bucket: str, key: str) -> bool:
        return any(
            (permission.action, permission.bucket) == (action, bucket) and key.startswith(permission.prefix)
            for permission in self.permissions.get(role, ())
        )

    def may_list_all(self, role: str, bucket: str) -> bool:
        """Whether a role holds s3:ListBucket without a condition, as a HEAD for a missing key demands."""
        return Permission(action="s3:ListBucket", bucket=bucket) in self.permissions.get(role, set())

    def add_copy(self, bucket: str, key: str, source: Version, kms_key: str | None) -> Version:
        body = source.body or b""
        copy = Version(
            version_id=self._next_version_id(),
            body=body,
            size=source.size,
            # An encrypted copy has an ETag that is no digest of its bytes; others have that of a single part.
            etag=f'"{self._versions_made:032x}"' if kms_key else _etag(body, parts=1),
            metadata=source.metadata,
            tags=source.tags,
            checksum_type="FULL_OBJECT" if source.checksum_type else None,
            kms_key=kms_key,
        )
        self._add(bucket, key, copy)
        return copy

    def _add(self, bucket: str, key: str, version: Version) -> str:
        self.buckets[bucket].keys.setdefault(key, []).append(version)
        return version.version_id

    def _next_version_id(self) -> str:
        self._versions_made += 1
        return f"version-{self._versions_made}"


class FakeS3Client:
    """The methods of a boto3 S3 client that the forwarder uses."""

    def __init__(self, world: FakeS3, role: str) -> None:
        self._world = world
        self._role = role

    def head_object(self, **parameters: Any) -> dict[str, Any]:
        return self._request("HeadObject", parameters, self._head)

    def list_object_versions(self, **parameters: Any) -> dict[str, Any]:
        return self._request("ListObjectVersions", parameters, self._list)

    def copy_object(self, **parameters: Any) -> dict[str, Any]:
        return self._request("CopyObject", parameters, self._copy)

    def delete_object(self, **parameters: Any) -> dict[str, Any]:
        return self._request("DeleteObject", parameters, self._delete)

    def _request(
        self, operation: str, parameters: dict[str, Any], do: Callable[[Request], dict[str, Any]]
    ) -> dict[str, Any]:
        shape = _S3_MODEL.operation_model(operation).input_shape
        assert shape is not None
        # boto3 itself turns a copy source given as a mapping into the string that the model asks for.
        source = {"CopySource": "bucket/key"} if "CopySource" in parameters else {}
        validate_parameters(parameters | source, shape)
        request = Request(
            number=len(self._world.requests) + 1,
            operation=operation,
            bucket=parameters["Bucket"],
            key=parameters.get("Key", parameters.get("Prefix", "")),
            role=self._role,
            parameters=parameters,
        )
        self._world.requests.append(request)
        self._world.on_request(request, When.BEFORE)
        answer = do(request)
        self._world.on_request(request, When.AFTER)
        return answer

    def _head(self, request: Request) -> dict[str, Any]:
        version_id = request.parameters.get("VersionId")
        self._demand_bucket(request, request.bucket, request.parameters.get("ExpectedBucketOwner"), head=True)
        self._demand(request, "s3:GetObjectVersion" if version_id else "s3:GetObject", request.bucket, head=True)
        version = self._find(request, request.bucket, version_id, head=True)
        head = {
            "ContentLength": version.size,
            "ETag": version.etag,
            "VersionId": version.version_id,
            "Metadata": dict(version.metadata),
        }
        if request.parameters.get("ChecksumMode") == "ENABLED" and version.checksum_type:
            head |= {"ChecksumCRC32": _checksum(version), "ChecksumType": version.checksum_type}
        return head

    def _list(self, request: Request) -> dict[str, Any]:
        parameters = request.parameters
        self._demand_bucket(request, request.bucket, parameters.get("ExpectedBucketOwner"))
        self._demand(request, "s3:ListBucketVersions", request.bucket)
        keys = self._world.buckets[request.bucket].keys
        entries = [
            (key, version, version is keys[key][-1])
            for key in sorted(keys, key=str.encode)
            if key.startswith(parameters["Prefix"])
            for version in reversed(keys[key])
        ]
        markers = (parameters.get("KeyMarker", ""), parameters.get("VersionIdMarker", ""))
        if any(parameters.get(name) == "" for name in ("KeyMarker", "VersionIdMarker")):
            raise _error(request, "InvalidArgument", 400)
        places = [(key, version.version_id) for key, version, _ in entries]
        start = places.index(markers) + 1 if all(markers) else 0
        page = entries[start : start + self._world.page_size]
        answer: dict[str, Any] = {
            "IsTruncated": start + len(page) < len(entries),
            "Versions": [
                {"Key": key, "VersionId": version.version_id, "IsLatest": latest, "ETag": version.etag}
                for key, version, latest in page
                if not version.is_marker
            ],
            "DeleteMarkers": [
                {"Key": key, "VersionId": version.version_id, "IsLatest": latest}
                for key, version, latest in page
                if version.is_marker
            ],
        }
        if answer["IsTruncated"]:
            answer["NextKeyMarker"], answer["NextVersionIdMarker"] = page[-1][0], page[-1][1].version_id
        # boto3 leaves out what S3 leaves out: empty lists.
        return {name: value for name, value in answer.items() if value != []}

    def _copy(self, request: Request) -> dict[str, Any]:
        parameters = request.parameters
        source_bucket, version_id = parameters["CopySource"]["Bucket"], parameters["CopySource"].get("VersionId")
        if parameters["CopySource"]["Key"] != request.key:
            raise AssertionError("the fake copies to the same key only")
        self._demand_bucket(request, source_bucket, parameters.get("ExpectedSourceBucketOwner"))
        self._demand_bucket(request, request.bucket, parameters.get("ExpectedBucketOwner"))
        kind = "Version" if version_id else ""
        for action in (f"s3:GetObject{kind}", f"s3:GetObject{kind}Tagging"):
            self._demand(request, action, source_bucket)
        if parameters.get("AnnotationDirective", "COPY") == "COPY":
            self._demand(request, "s3:GetObjectAnnotation", source_bucket)
        for action in ("s3:PutObject", "s3:PutObjectTagging"):
            self._demand(request, action, request.bucket)
        target = self._world.buckets[request.bucket]
        kms_key = parameters.get("SSEKMSKeyId") if parameters.get("ServerSideEncryption") == "aws:kms" else None
        if target.required_kms_key and kms_key != target.required_kms_key:
            raise _error(request, "AccessDenied", 403)
        source = self._find(request, source_bucket, version_id)
        if parameters.get("CopySourceIfMatch", source.etag) != source.etag:
            raise _error(request, "PreconditionFailed", 412)
        if source.size > 5 * 1024**3:
            raise _error(request, "InvalidRequest", 400)
        self._world.on_request(request, When.DURING)
        copy = self._world.add_copy(request.bucket, request.key, source, kms_key)
        return {
            "CopyObjectResult": {"ETag": copy.etag},
            "CopySourceVersionId": source.version_id,
            "VersionId": copy.version_id,
        }

    def _delete(self, request: Request) -> dict[str, Any]:
        etag = request.parameters.get("IfMatch")
        self._demand_bucket(request, request.bucket, request.parameters.get("ExpectedBucketOwner"))
        self._demand(request, "s3:DeleteObject", request.bucket)
        if "VersionId" in request.parameters:
            raise AssertionError("the forwarder never destroys a version")
        if etag is not None:
            self._demand(request, "s3:GetObject", request.bucket)
            current = self._world.current(request.bucket, request.key)
            if current is None:
                status = self._world.gone_delete_status
                if status == 204:
                    return {}
                raise _error(
                    request, {403: "AccessDenied", 404: "NoSuchKey", 412: "PreconditionFailed"}[status], status
                )
            if etag not in ("*", current.etag):
                raise _error(request, "PreconditionFailed", 412)
        self._world.mark_deleted(request.bucket, request.key)
        return {"DeleteMarker": True, "VersionId": self._world.versions(request.bucket, request.key)[-1].version_id}

    def _demand_bucket(self, request: Request, name: str, expected_owner: str | None, *, head: bool = False) -> None:
        bucket = self._world.buckets.get(name)
        if bucket is None:
            raise _error(request, "NoSuchBucket", 404, head=head)
        if expected_owner not in (None, bucket.owner):
            raise _error(request, "AccessDenied", 403, head=head)

    def _demand(self, request: Request, action: str, bucket: str, *, head: bool = False) -> None:
        if not self._world.may(self._role, action, bucket, request.key):
            raise _error(request, "AccessDenied", 403, head=head)

    def _find(self, request: Request, bucket: str, version_id: str | None, *, head: bool = False) -> Version:
        """A version; a missing one is a 404 only to a role that may list the whole bucket."""
        for version in reversed(self._world.versions(bucket, request.key)):
            if version_id in (None, version.version_id):
                if not version.is_marker:
                    return version
                if version_id:
                    raise _error(request, "MethodNotAllowed", 405, head=head)
                break
        if not self._world.may_list_all(self._role, bucket):
            raise _error(request, "AccessDenied", 403, head=head)
        raise _error(request, "NoSuchVersion" if version_id else "NoSuchKey", 404, head=head)


def _error(request: Request, code: str, status: int, *, head: bool = False) -> ClientError:
    """What boto3 raises. The answer to a HEAD has no body, so its code is the status alone."""
    return ClientError(
        {
            "Error": {"Code": str(status) if head else code, "Message": f"{code} (from the fake S3)"},
            "ResponseMetadata": {
                "HTTPStatusCode": status,
                "RequestId": f"request-{request.number}",
                "HostId": "",
                "HTTPHeaders": {},
                "RetryAttempts": 0,
            },
        },
        request.operation,
    )


def _etag(body: bytes, *, parts: int) -> str:
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return f'"{digest}-{parts}"' if parts > 1 else f'"{digest}"'


def _checksum(version: Version) -> str:
    """A checksum over the whole body, or one that only the parts of that upload give."""
    parts = b"-parts" if version.checksum_type == "COMPOSITE" else b""
    return base64.b64encode(zlib.crc32((version.body or b"") + parts).to_bytes(4, "big")).decode()
