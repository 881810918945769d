"""A dataset's prefix of a bucket: a staged file is a multipart upload that has all its parts, and is not completed.

S3 shows nothing of it, keeps it for as long as the bucket's lifecycle rule lets unfinished uploads be, and completes it
at any process's word, in one step, with a condition.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from exporter.failure import GoneError, PublishError, TakenError
from exporter.publish.crc32 import joined
from exporter.publish.keys import safe
from exporter.publish.refusals import Refusals, RefusedError
from exporter.publish.target import Staged
from exporter.publish.upload import MARK, Ticket, Upload, base64_of
from provisioner.exports.model import Publish
from provisioner.reading.printable import printable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import PartTypeDef

READ_BYTES: Final = 1024 * 1024
"""What is read of a file at a time."""
CONNECT_SECONDS: Final = 10
SILENCE_SECONDS: Final = 120
"""How long S3 may take to answer; to complete an upload of many parts it takes minutes, and sends spaces meanwhile
(Amazon S3 API Reference, CompleteMultipartUpload)."""
ATTEMPTS: Final = 5
"""Of each request, with pauses between them ("Retry behavior", AWS SDKs and Tools Reference Guide)."""
CONTENT_TYPES: Final = {
    ".csv": "text/csv; charset=utf-8",
    ".gz": "application/gzip",
    ".xml": "application/xml",
    ".zip": "application/zip",
    ".parquet": "application/vnd.apache.parquet",
}
"""By the ending of the key (IANA, "Media Types"); ORC has none."""
ANY_CONTENT: Final = "application/octet-stream"


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """Where the files of a dataset are seen by those who may read it."""

    s3: "S3Client"
    bucket: str
    prefix: str = ""
    """Empty, or with its slash at the end."""
    owner: str
    """The id of the account that the bucket must be of: nothing is sent to a bucket of anybody else."""
    moved_on: bool = False
    """Whether the forwarder takes files away from here: then a version that a delete marker hides counts too."""
    _refusals: Refusals = field(init=False)

    def __post_init__(self) -> None:
        """Errors name the bucket."""
        object.__setattr__(self, "_refusals", Refusals(self.bucket))

    @classmethod
    def connected(cls, *, region: str, bucket: str, prefix: str, owner: str, moved_on: bool) -> Self:
        """With a client of the environment's credentials, endpoint and certificates.

        Raises:
            PublishError: the AWS configuration of this machine cannot be read.
        """
        import boto3
        from botocore.config import Config

        with Refusals(bucket).in_words("connect", ""):
            s3 = boto3.Session(region_name=region).client(
                "s3",
                config=Config(
                    connect_timeout=CONNECT_SECONDS,
                    read_timeout=SILENCE_SECONDS,
                    retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                ),
            )
        return cls(s3=s3, bucket=bucket, prefix=prefix, owner=owner, moved_on=moved_on)

    @property
    def url(self) -> str:
        """`s3://bucket/prefix/`."""
        return f"s3://{self.bucket}/{self.prefix}"

    def open(self, key: str, publish: Publish) -> Upload:
        """Begin a file.

        Raises:
            TakenError: it is to be put once, and there is one of that key.
            PublishError: the bucket cannot be written to.
        """
        whole = safe(f"{self.prefix}{safe(key)}")
        if publish is Publish.ONCE and self._is_listed(whole):
            raise self._taken(whole)
        return Upload(
            s3=self.s3,
            request=self._named(whole),
            content_type=next((kind for end, kind in CONTENT_TYPES.items() if key.endswith(end)), ANY_CONTENT),
            key=key,
            refusals=self._refusals,
        )

    def reveal(self, staged: Staged, publish: Publish) -> None:
        """Give a staged file its key. It does nothing where that was done before, by whomever.

        Raises:
            TakenError: it is to be put once, and another file has the key.
            GoneError: it is neither uploaded nor under its key.
            PublishError: it could not be done; it may be tried again.
        """
        ticket = Ticket.of(staged.token)
        condition: dict[str, Any] = {"IfNoneMatch": "*"} if publish is Publish.ONCE else {}
        whole = f"{self.prefix}{staged.key}"
        try:
            parts = self._parts(whole, ticket)
            with self._refusals.in_words("CompleteMultipartUpload", whole):
                self.s3.complete_multipart_upload(
                    **self._named(whole),
                    **condition,
                    **_checksum(parts),
                    UploadId=ticket.upload,
                    MultipartUpload={
                        "Parts": [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in parts]
                    },
                    ChecksumType="FULL_OBJECT",
                    MpuObjectSize=staged.bytes,
                )
        except RefusedError as error:
            if error.code not in ("NoSuchUpload", "PreconditionFailed"):
                raise
            # The answer to an earlier request may have been lost, and S3 have done it.
            if not self._is_there(whole, staged, ticket):
                raise self._not_there(whole, publish, error.code) from error

    def abandon(self, token: str) -> None:
        """Remove a staged file that was never revealed. It does nothing where there is none.

        Raises:
            PublishError: it could not be done; it may be tried again.
        """
        ticket = Ticket.of(token)
        whole = f"{self.prefix}{ticket.key}"
        try:
            with self._refusals.in_words("AbortMultipartUpload", whole):
                self.s3.abort_multipart_upload(**self._named(whole), UploadId=ticket.upload)
        except RefusedError as error:
            if error.code != "NoSuchUpload":
                raise

    def sha256(self, key: str) -> str | None:
        """The checksum of the file of that key, read whole and in pieces; None where there is none.

        Where the forwarder takes files away, it is that of the version that it left.

        Raises:
            PublishError: it cannot be read.
        """
        whole = f"{self.prefix}{safe(key)}"
        version: dict[str, Any] = {}
        if not self._is_listed(whole):
            if not (left := self._versions(whole)):
                return None
            version = {"VersionId": left[0]}
        digest = hashlib.sha256()
        with self._refusals.in_words("GetObject", whole):
            answer = self.s3.get_object(**self._named(whole), **version)
            for piece in answer["Body"].iter_chunks(READ_BYTES):
                digest.update(piece)
        return digest.hexdigest()

    def _named(self, whole: str) -> dict[str, Any]:
        return {"Bucket": self.bucket, "Key": whole, "ExpectedBucketOwner": self.owner}

    def _is_listed(self, whole: str) -> bool:
        # Not by HEAD: to a role that may list its own prefix alone, HEAD of a missing key answers 403.
        with self._refusals.in_words("ListObjectsV2", whole):
            answer = self.s3.list_objects_v2(
                Bucket=self.bucket, Prefix=whole, MaxKeys=1, ExpectedBucketOwner=self.owner
            )
        return any(found["Key"] == whole for found in answer.get("Contents", []))

    def _versions(self, whole: str) -> list[str]:
        """The versions of a key that a delete marker hides, newest first; none where nothing is moved on."""
        if not self.moved_on:
            return []
        found: list[str] = []
        page: dict[str, Any] = {}
        while True:
            with self._refusals.in_words("ListObjectVersions", whole):
                answer = self.s3.list_object_versions(
                    Bucket=self.bucket, Prefix=whole, ExpectedBucketOwner=self.owner, **page
                )
            found += [version["VersionId"] for version in answer.get("Versions", []) if version["Key"] == whole]
            if not answer.get("IsTruncated") or answer["NextKeyMarker"] != whole:
                return found
            page = {"KeyMarker": whole, "VersionIdMarker": answer["NextVersionIdMarker"]}

    def _parts(self, whole: str, ticket: Ticket) -> list["PartTypeDef"]:
        """What S3 has of an upload, in order: it took each part by its checksum."""
        found: list[PartTypeDef] = []
        marker = 0
        while True:
            with self._refusals.in_words("ListParts", whole):
                page = self.s3.list_parts(**self._named(whole), UploadId=ticket.upload, PartNumberMarker=marker)
            found += page.get("Parts", [])
            if not page.get("IsTruncated"):
                return found
            marker = page["NextPartNumberMarker"]

    def _is_there(self, whole: str, staged: Staged, ticket: Ticket) -> bool:
        """Whether a file of the key is the staged one: by the mark of its upload, and its size."""
        current: list[dict[str, Any]] = [{}] if self._is_listed(whole) else []
        for version in (*current, *({"VersionId": version} for version in self._versions(whole))):
            with self._refusals.in_words("HeadObject", whole):
                head = self.s3.head_object(**self._named(whole), **version)
            if head["Metadata"].get(MARK) == ticket.mark:
                return head["ContentLength"] == staged.bytes
        return False

    def _not_there(self, whole: str, publish: Publish, code: str) -> PublishError:
        if publish is Publish.ONCE and (code == "PreconditionFailed" or self._is_listed(whole)):
            return self._taken(whole)
        return GoneError(
            f"s3://{self.bucket}/{printable(whole)} was uploaded and recorded, and its upload is gone: it was aborted, "
            "or waited longer than the bucket's lifecycle rule lets one wait. "
            "Export its rows again with `exporter backfill`."
        )

    def _taken(self, whole: str) -> TakenError:
        return TakenError(
            f"there is a file s3://{self.bucket}/{printable(whole)} already, and it is to be put once: it is left as "
            "it is. Give the key a placeholder that makes it new in each run, or say `publish: replace`."
        )


def _checksum(parts: Sequence["PartTypeDef"]) -> dict[str, Any]:
    """That of the whole, for S3 to compare with its own."""
    if not all("ChecksumCRC32" in part for part in parts):
        return {}
    pairs = [(int.from_bytes(base64.b64decode(part["ChecksumCRC32"])), part["Size"]) for part in parts]
    return {"ChecksumCRC32": base64_of(joined(pairs))}
