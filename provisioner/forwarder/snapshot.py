"""What S3 says of one version of an object, and whether two copies are the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

_TRAVELLING = (
    *("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType", "Expires"),
    "Metadata",
)
"""What CopyObject copies with the bytes if it is told COPY (Amazon S3 API Reference, CopyObject)."""


class Evidence(StrEnum):
    """How a copy was found to equal its source."""

    CHECKSUM = "checksum"
    SIZE = "size"


def full_checksums(answer: Mapping[str, Any]) -> dict[str, str]:
    """The full-object checksums in an answer of S3, by algorithm.

    A composite checksum is a checksum of the parts' checksums. A copy has other parts, so it says nothing here.
    """
    if answer.get("ChecksumType") != "FULL_OBJECT":
        return {}
    return {
        name.removeprefix("Checksum"): str(value)
        for name, value in answer.items()
        if name.startswith("Checksum") and name != "ChecksumType"
    }


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One version of an object: size in bytes, full-object checksums by algorithm, and what travels with the bytes."""

    size: int
    etag: str
    version_id: str
    checksums: Mapping[str, str]
    headers: Mapping[str, Any] = field(default_factory=dict)
    """Content type, metadata and the like, as CreateMultipartUpload takes them."""
    written: float | None = None
    """When S3 took it, in epoch seconds."""

    @classmethod
    def from_head(cls, head: "HeadObjectOutputTypeDef") -> "Snapshot":
        """What a HeadObject with ChecksumMode=ENABLED answered."""
        answer: Mapping[str, Any] = head
        return cls(
            size=answer["ContentLength"],
            etag=answer["ETag"],
            version_id=answer.get("VersionId", "null"),
            checksums=full_checksums(answer),
            headers={name: answer[name] for name in _TRAVELLING if name in answer},
            written=answer["LastModified"].timestamp() if "LastModified" in answer else None,
        )

    def compare(self, other: "Snapshot") -> Evidence | None:
        """How the two are known to hold the same bytes; None if they differ.

        ETags are not compared: a copy of the same bytes may have another one.
        """
        if self.size != other.size or self.contradicts(other.checksums):
            return None
        return Evidence.CHECKSUM if self.checksums.keys() & other.checksums.keys() else Evidence.SIZE

    def contradicts(self, checksums: Mapping[str, str]) -> bool:
        """Whether one of these checksums is of other bytes."""
        return any(self.checksums[name] != checksums[name] for name in self.checksums.keys() & checksums.keys())


@dataclass(frozen=True, kw_only=True)
class Copied:
    """What S3 answered to a copy: which version of the source it read, and what now lies at the target."""

    version_id: str
    etag: str
    checksums: Mapping[str, str]
