"""ETags and checksums as S3 makes them (Amazon S3 User Guide, "Checking object integrity in Amazon S3")."""

import base64
import hashlib
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from .content import Content

Algorithm = Literal["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]
ChecksumType = Literal["FULL_OBJECT", "COMPOSITE"]

DEFAULT_ALGORITHM: Algorithm = "CRC64NVME"
"""What S3 adds to an object that came without a checksum."""

FULL_OBJECT_IN_PARTS = frozenset({"CRC32", "CRC32C", "CRC64NVME"})
COMPOSITE_IN_PARTS = frozenset({"CRC32", "CRC32C", "SHA1", "SHA256"})
"""The algorithms of multipart uploads with each type of checksum (same page, the table of supported algorithms)."""


@dataclass(frozen=True, kw_only=True)
class Checksum:
    """One checksum of an object or a part; `value` in Base64."""

    algorithm: Algorithm
    type: ChecksumType
    value: str

    def fields(self) -> dict[str, str]:
        """As they stand in the answer of a request about an object."""
        return {f"Checksum{self.algorithm}": self.value, "ChecksumType": self.type}


def full(content: Content, algorithm: Algorithm) -> Checksum:
    """A checksum over all bytes."""
    return Checksum(algorithm=algorithm, type="FULL_OBJECT", value=_encode(_DIGESTS[algorithm](content.identity)))


def composite(parts: Sequence[Content], algorithm: Algorithm) -> Checksum:
    """A checksum over the checksums of the parts, followed by their number."""
    digests = b"".join(_DIGESTS[algorithm](part.identity) for part in parts)
    value = f"{_encode(_DIGESTS[algorithm](digests))}-{len(parts)}"
    return Checksum(algorithm=algorithm, type="COMPOSITE", value=value)


def etag(content: Content) -> str:
    """Of an object that came in one request, with its quotation marks."""
    return f'"{_md5(content).hex()}"'


def etag_of_parts(parts: Sequence[Content]) -> str:
    """Of an object that came in parts: a digest of the parts' digests, and their number."""
    digest = hashlib.md5(b"".join(_md5(part) for part in parts), usedforsecurity=False).hexdigest()
    return f'"{digest}-{len(parts)}"'


def _md5(content: Content) -> bytes:
    return hashlib.md5(content.identity, usedforsecurity=False).digest()


def _encode(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _crc_table(polynomial: int) -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)
        table.append(value)
    return tuple(table)


_CRC64NVME_TABLE = _crc_table(0x9A6C9329AC4BC9B5)
_CRC32C_TABLE = _crc_table(0x82F63B78)
"""The polynomials, bits reversed, of NVM Express (NVM Command Set, 64b CRC) and of Castagnoli (RFC 3720, 12.1)."""


def _crc(table: tuple[int, ...], bits: int) -> Callable[[bytes], bytes]:
    mask = (1 << bits) - 1

    @lru_cache(maxsize=4096)
    def digest(data: bytes) -> bytes:
        value = mask
        for byte in data:
            value = value >> 8 ^ table[(value ^ byte) & 0xFF]
        return (value ^ mask).to_bytes(bits // 8, "big")

    return digest


_DIGESTS: dict[Algorithm, Callable[[bytes], bytes]] = {
    "CRC32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
    "CRC32C": _crc(_CRC32C_TABLE, 32),
    "CRC64NVME": _crc(_CRC64NVME_TABLE, 64),
    "SHA1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    "SHA256": lambda data: hashlib.sha256(data).digest(),
}
