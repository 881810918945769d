"""The nouns of S3: buckets, versions, uploads, permissions, requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .checksum import Algorithm, Checksum, ChecksumType
from .content import Content

ACCOUNT = "111122223333"
"""The owner of the export bucket."""

Answer = dict[str, Any]
"""What boto3 gives for a request, without its ResponseMetadata."""


class When(Enum):
    """The moments of a request at which a test can act."""

    BEFORE = "before"
    """The request has been sent; S3 has not looked at it."""

    DURING = "during"
    """A copy, of an object or a part, or a completion has read its source and passed its preconditions there, and has
    not landed. No other request has this moment: each of those happens at once."""

    AFTER = "after"
    """S3 has done it; the answer is on its way."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request to the fake; `number` counts from 1. `key` is the prefix where the request names no key."""

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
class Attributes:
    """What travels with an object beside its bytes; `headers` by their names in boto3 (`ContentType`, …)."""

    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of a key; a delete marker has no content. `modified` in epoch seconds."""

    version_id: str
    content: Content | None
    modified: float
    etag: str = ""
    attributes: Attributes = field(default_factory=Attributes)
    checksum: Checksum | None = None
    kms_key: str | None = None

    @property
    def is_marker(self) -> bool:
        return self.content is None

    @property
    def body(self) -> bytes | None:
        """The bytes, or the token that stands for them; None of a delete marker."""
        return None if self.content is None else self.content.body

    @property
    def size(self) -> int:
        return 0 if self.content is None else self.content.size

    @property
    def metadata(self) -> Mapping[str, str]:
        return self.attributes.metadata

    @property
    def tags(self) -> Mapping[str, str]:
        return self.attributes.tags


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part that has landed in an upload."""

    content: Content
    etag: str
    checksum: Checksum
    modified: float


@dataclass(kw_only=True)
class Upload:
    """A multipart upload under way; parts by number."""

    upload_id: str
    key: str
    initiated: float
    attributes: Attributes
    algorithm: Algorithm
    checksum_type: ChecksumType
    kms_key: str | None
    parts: dict[int, Part] = field(default_factory=dict)


@dataclass(kw_only=True)
class Bucket:
    """A versioned bucket: versions by key, oldest first; uploads by their ids."""

    owner: str
    required_kms_key: str | None = None
    keys: dict[str, list[Version]] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
