"""The S3 requests of one route: the edge between the delivery protocol and AWS."""

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .advice import advice_for
from .failure import AwsError, RequestError, aws_request
from .routes import Route
from .snapshot import Copied, Snapshot, full_checksums

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import (
        CopySourceTypeDef,
        ListObjectVersionsRequestTypeDef,
        ObjectIdentifierTypeDef,
    )

MAX_DELETED_AT_ONCE = 1_000
"""Keys of one DeleteObjects request (Amazon S3 API Reference, DeleteObjects)."""

_NOT_IN_XML = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What a key in an XML document cannot be trusted to keep: XML 1.0, "Characters" and "End-of-Line Handling"."""

_KEY_HAS_CHANGED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"})

Deletion = bool | RequestError
"""Whether S3 put a delete marker; not so if the key is no longer what was to be deleted; or that it refused."""


@dataclass(frozen=True, kw_only=True)
class ListedVersion:
    """The newest version of a key that is not a delete marker; `is_current` if no delete marker lies on top of it."""

    version_id: str
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """Requests as a route's delivery role, from the export bucket to the route's target.

    Every method raises RequestError.
    """

    client: "S3Client"
    route: Route
    export_bucket: str
    account_id: str

    def head_source(self, key: str) -> Snapshot:
        """The current version of a key in the export bucket."""
        with self.ask_source("HeadObject"):
            return Snapshot.from_head(
                self.client.head_object(
                    Bucket=self.export_bucket, Key=key, ChecksumMode="ENABLED", ExpectedBucketOwner=self.account_id
                )
            )

    def head_version(self, key: str, version_id: str) -> Snapshot:
        """One version of a key in the export bucket, current or not."""
        with self.ask_source("HeadObject"):
            return Snapshot.from_head(
                self.client.head_object(
                    Bucket=self.export_bucket,
                    Key=key,
                    VersionId=version_id,
                    ChecksumMode="ENABLED",
                    ExpectedBucketOwner=self.account_id,
                )
            )

    def head_target(self, key: str) -> Snapshot:
        """What lies under a key in the target bucket."""
        with self.ask_target("HeadObject"):
            return Snapshot.from_head(self.client.head_object(**self.target(key), ChecksumMode="ENABLED"))

    def newest_version(self, key: str) -> ListedVersion | None:
        """The newest version of a key that holds bytes; None if every version is gone.

        S3 lists by key, then newest first, and a key sorts before the longer keys that begin with it.
        """
        request: ListObjectVersionsRequestTypeDef = {
            "Bucket": self.export_bucket,
            "Prefix": key,
            "ExpectedBucketOwner": self.account_id,
        }
        while True:
            with self.ask_source("ListObjectVersions"):
                page = self.client.list_object_versions(**request)
            for version in page.get("Versions", []):
                if version["Key"] == key:
                    return ListedVersion(version_id=version["VersionId"], is_current=version["IsLatest"])
            if not page["IsTruncated"] or page["NextKeyMarker"] != key:
                return None
            # S3 refuses empty markers, so the first request has none.
            request["KeyMarker"], request["VersionIdMarker"] = key, page["NextVersionIdMarker"]

    def copy(self, key: str, source: Snapshot, *, pinned: bool, replaces: str | None) -> Copied:
        """Copy an object with its metadata and tags if its ETag is still the source's.

        Not pinned, the current version is copied; pinned, exactly the source's version. It lands only on what has the
        ETag `replaces` at the target, or, where that is None, only if nothing is there.
        """
        with self.ask_target("CopyObject"):
            answer = self.client.copy_object(
                **self.target(key),
                **self.encryption,
                **landing_on(replaces),
                CopySource=self.copy_source(key, source if pinned else None),
                CopySourceIfMatch=source.etag,
                ExpectedSourceBucketOwner=self.account_id,
                # No ACL headers: a bucket whose owner is enforced refuses most of them.
                MetadataDirective="COPY",
                TaggingDirective="COPY",
                # The default, COPY, needs permissions on annotations that neither side grants.
                AnnotationDirective="EXCLUDE",
            )
        result = answer["CopyObjectResult"]
        return Copied(
            version_id=answer.get("CopySourceVersionId", source.version_id),
            etag=result["ETag"],
            checksums=full_checksums(result),
        )

    def delete_sources(self, sources: Mapping[str, Snapshot]) -> dict[str, Deletion]:
        """Put a delete marker on each key whose current version has the ETag of its source; what S3 did, by key.

        Naming no version, the requests destroy nothing.
        """
        deletions: dict[str, Deletion] = {}
        by_xml = [key for key in sources if not _NOT_IN_XML.search(key)]
        for key in sources.keys() - set(by_xml):
            deletions[key] = self._delete_one(key, sources[key])
        for start in range(0, len(by_xml), MAX_DELETED_AT_ONCE):
            deletions |= self._delete_many({key: sources[key] for key in by_xml[start : start + MAX_DELETED_AT_ONCE]})
        return deletions

    def _delete_one(self, key: str, source: Snapshot) -> Deletion:
        try:
            with self.ask_source("DeleteObject"):
                answer = self.client.delete_object(
                    Bucket=self.export_bucket, Key=key, IfMatch=source.etag, ExpectedBucketOwner=self.account_id
                )
        except RequestError as failure:
            return False if failure.precondition_failed else failure
        return answer.get("DeleteMarker", False)

    def _delete_many(self, sources: Mapping[str, Snapshot]) -> dict[str, Deletion]:
        objects: list[ObjectIdentifierTypeDef] = [{"Key": key, "ETag": source.etag} for key, source in sources.items()]
        try:
            with self.ask_source("DeleteObjects"):
                answer = self.client.delete_objects(
                    Bucket=self.export_bucket, Delete={"Objects": objects}, ExpectedBucketOwner=self.account_id
                )
        except RequestError as failure:
            return dict.fromkeys(sources, failure)
        deletions: dict[str, Deletion] = dict.fromkeys(sources, False)
        for deleted in answer.get("Deleted", []):
            deletions[deleted["Key"]] = deleted.get("DeleteMarker", False)
        for error in answer.get("Errors", []):
            if error["Code"] not in _KEY_HAS_CHANGED:
                deletions[error["Key"]] = self._failed_deletion(error["Code"], error.get("Message"))
        return deletions

    def _failed_deletion(self, code: str, message: str | None) -> RequestError:
        denied = code == "AccessDenied"
        error = AwsError(
            operation="DeleteObjects",
            resource=self.export_bucket,
            code=code,
            status=403 if denied else 500,
            request_id=None,
            message=message if denied else None,
        )
        return RequestError(error, advice_for(error, self.route))

    def ask_source(self, operation: str) -> AbstractContextManager[None]:
        """Around a request to the export bucket."""
        return aws_request(operation, self.export_bucket, self._advise)

    def ask_target(self, operation: str) -> AbstractContextManager[None]:
        """Around a request to the target bucket."""
        return aws_request(operation, self.route.bucket, self._advise)

    def _advise(self, error: AwsError) -> str | None:
        return advice_for(error, self.route)

    def target(self, key: str) -> dict[str, Any]:
        """The parameters that name a key of the target, and the account that must own it."""
        owner = {"ExpectedBucketOwner": self.route.bucket_account} if self.route.bucket_account else {}
        return {"Bucket": self.route.bucket, "Key": key, **owner}

    @property
    def encryption(self) -> dict[str, Any]:
        """The parameters that name the target's key, where its bucket demands one."""
        if self.route.kms_key_arn is None:
            return {}
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.route.kms_key_arn}

    def copy_source(self, key: str, pinned: Snapshot | None) -> "CopySourceTypeDef":
        """The parameter that names what is copied: a version, or whatever is current."""
        if pinned is None:
            return {"Bucket": self.export_bucket, "Key": key}
        return {"Bucket": self.export_bucket, "Key": key, "VersionId": pinned.version_id}


def landing_on(replaces: str | None) -> dict[str, Any]:
    """The parameters by which a copy lands only on what has this ETag, or only where nothing is."""
    return {"IfNoneMatch": "*"} if replaces is None else {"IfMatch": replaces}
