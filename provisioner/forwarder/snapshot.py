"""What S3 says of one version of an object, and whether two copies are the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef


class Evidence(StrEnum):
    """How a copy was found to equal its source."""

    CHECKSUM = "checksum"
    SIZE = "size"


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One version of an object: size in bytes, and its full-object checksums by algorithm."""

    size: int
    etag: str
    version_id: str
    checksums: Mapping[str, str]

    @classmethod
    def from_head(cls, head: "HeadObjectOutputTypeDef") -> "Snapshot":
        """What a HeadObject with ChecksumMode=ENABLED answered.

        A composite checksum is a checksum of the parts' checksums. A copy has other parts, so it says nothing here.
        """
        full = head.get("ChecksumType") == "FULL_OBJECT"
        return cls(
            size=head["ContentLength"],
            etag=head["ETag"],
            version_id=head.get("VersionId", "null"),
            checksums={
                name: str(value)
                for name, value in head.items()
                if full and name.startswith("Checksum") and name != "ChecksumType"
            },
        )

    def compare(self, other: "Snapshot") -> Evidence | None:
        """How the two are known to hold the same bytes; None if they differ.

        ETags are not compared: a copy of the same bytes may have another one.
        """
        shared = self.checksums.keys() & other.checksums.keys()
        if self.size != other.size or any(self.checksums[name] != other.checksums[name] for name in shared):
            return None
        return Evidence.CHECKSUM if shared else Evidence.SIZE
