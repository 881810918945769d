"""The S3 requests of one route: the edge between the delivery protocol and AWS."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from .failure import AwsError, RequestError
from .routes import Route
from .snapshot import Snapshot

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CopyObjectRequestTypeDef, CopySourceTypeDef, ListObjectVersionsRequestTypeDef


@dataclass(frozen=True, kw_only=True)
class ListedVersion:
    """The newest version of a key that is not a delete marker; `is_current` if no delete marker lies on top of it."""

    version_id: str
    is_current: bool


@contextmanager
def aws_request(operation: str, resource: str, route: Route) -> Iterator[None]:
    """Turn an error of the AWS client into a RequestError that names the operation and the bucket or role."""
    try:
        yield
    except ClientError as error:
        details = error.response.get("Error", {})
        metadata = error.response.get("ResponseMetadata")
        code = details.get("Code", "unknown")
        failure = AwsError(
            operation=operation,
            resource=resource,
            code=code,
            # CopyObject may answer 200 with an error inside; botocore gives it the status 500, and its own code.
            status=metadata["HTTPStatusCode"] if metadata else 0,
            request_id=metadata.get("RequestId") if metadata else None,
            # Says whether the bucket's, the key's or our own policy refused. Other messages are not needed.
            message=details.get("Message") if code == "AccessDenied" else None,
        )
        raise RequestError(failure, route) from error
    except BotoCoreError as error:
        failure = AwsError(
            operation=operation, resource=resource, code=type(error).__name__, status=0, request_id=None, message=None
        )
        raise RequestError(failure, route) from error


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
        with aws_request("HeadObject", self.export_bucket, self.route):
            return Snapshot.from_head(
                self.client.head_object(
                    Bucket=self.export_bucket, Key=key, ChecksumMode="ENABLED", ExpectedBucketOwner=self.account_id
                )
            )

    def head_version(self, key: str, version_id: str) -> Snapshot:
        """One version of a key in the export bucket, current or not."""
        with aws_request("HeadObject", self.export_bucket, self.route):
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
        with aws_request("HeadObject", self.route.bucket, self.route):
            return Snapshot.from_head(
                self.client.head_object(Bucket=self.route.bucket, Key=key, ChecksumMode="ENABLED")
            )

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
            with aws_request("ListObjectVersions", self.export_bucket, self.route):
                page = self.client.list_object_versions(**request)
            for version in page.get("Versions", []):
                if version["Key"] == key:
                    return ListedVersion(version_id=version["VersionId"], is_current=version["IsLatest"])
            if not page["IsTruncated"] or page["NextKeyMarker"] != key:
                return None
            # S3 refuses empty markers, so the first request has none.
            request["KeyMarker"], request["VersionIdMarker"] = key, page["NextVersionIdMarker"]

    def copy(self, key: str, source: Snapshot, *, pinned: bool) -> str:
        """Copy an object with its metadata and tags if its ETag is still the source's; returns the version copied.

        Not pinned, the current version is copied; pinned, exactly the source's version.
        """
        copy_source: CopySourceTypeDef = {"Bucket": self.export_bucket, "Key": key}
        if pinned:
            copy_source["VersionId"] = source.version_id
        # No ACL headers: a bucket whose owner is enforced refuses most of them.
        request: CopyObjectRequestTypeDef = {
            "Bucket": self.route.bucket,
            "Key": key,
            "CopySource": copy_source,
            "CopySourceIfMatch": source.etag,
            "ExpectedSourceBucketOwner": self.account_id,
            "MetadataDirective": "COPY",
            "TaggingDirective": "COPY",
            # The default, COPY, needs permissions on annotations that neither side grants.
            "AnnotationDirective": "EXCLUDE",
        }
        if self.route.kms_key_arn:
            request["ServerSideEncryption"] = "aws:kms"
            request["SSEKMSKeyId"] = self.route.kms_key_arn
        with aws_request("CopyObject", self.route.bucket, self.route):
            answer = self.client.copy_object(**request)
        return answer.get("CopySourceVersionId", source.version_id)

    def delete_source(self, key: str, source: Snapshot) -> bool:
        """Put a delete marker on a key if its current version has the source's ETag.

        Returns whether S3 says that it placed one. Naming no version, the request destroys nothing.
        """
        with aws_request("DeleteObject", self.export_bucket, self.route):
            answer = self.client.delete_object(
                Bucket=self.export_bucket, Key=key, IfMatch=source.etag, ExpectedBucketOwner=self.account_id
            )
        return answer.get("DeleteMarker", False)
