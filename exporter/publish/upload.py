"""A file on its way into a bucket: its parts are sent while the next is filled, and no more are held than are sent."""

import base64
import hashlib
import json
import secrets
import threading
import zlib
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from exporter.failure import PublishError
from exporter.publish.refusals import Refusals
from exporter.publish.target import Staged

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_PARTS: Final = 10_000
MAX_PART_BYTES: Final = 5 * 1024**3
"""Of an upload, and of a part of it (Amazon S3 User Guide, "Amazon S3 multipart upload limits")."""
PART_BYTES: Final = 8 * 1024**2
"""What a part has at first."""
SMALL_PARTS: Final = 3_000
"""So many parts, 23 GiB, are of that size: no more memory is needed for a file that most will never exceed."""
PARTS_OF_ONE_SIZE: Final = 800
"""Every so many parts after those the size doubles, so that 10,000 parts hold more than 5 TiB."""
SENDERS: Final = 2
"""Parts of one file that are sent at a time. With the one that is filled, so many and one are in memory."""
MARK: Final = "export-upload"
"""The metadata by which a file is known to be of a certain upload, and not another of equal bytes."""


def part_bytes(number: int) -> int:
    """Bytes of a part, by its number from 1."""
    return PART_BYTES << max(0, -(-(number - SMALL_PARTS) // PARTS_OF_ONE_SIZE))


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """What the token of a file says."""

    key: str
    """Behind the dataset's prefix."""
    upload: str
    """S3's id of the upload."""
    mark: str

    @classmethod
    def of(cls, token: str) -> Self:
        """What a token says."""
        return cls(**json.loads(token))


class Upload:
    """A file that is being sent."""

    def __init__(
        self, *, s3: "S3Client", request: dict[str, Any], content_type: str, key: str, refusals: Refusals
    ) -> None:
        """Open the upload; `request` names the object, `key` is its name behind the dataset's prefix.

        Raises:
            PublishError: S3 does not open it.
        """
        self._s3, self._request, self._key, self._refusals = s3, request, key, refusals
        self._mark = secrets.token_hex(16)
        self._staged: Staged | None = None
        self._buffer = bytearray()
        self._bytes = 0
        self._sha256 = hashlib.sha256()
        self._parts: list[Future[None]] = []
        self._room = threading.BoundedSemaphore(SENDERS)
        self._failed = threading.Event()
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="upload")
        with refusals.in_words("CreateMultipartUpload", request["Key"]):
            self._id = s3.create_multipart_upload(
                **request,
                ContentType=content_type,
                Metadata={MARK: self._mark},
                ChecksumAlgorithm="CRC32",  # the one of a whole object that Python computes by itself
                ChecksumType="FULL_OBJECT",
            )["UploadId"]

    @property
    def token(self) -> str:
        """Says which upload it is."""
        return json.dumps(asdict(Ticket(key=self._key, upload=self._id, mark=self._mark)))

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take the next bytes; the caller may reuse the memory afterwards.

        Raises:
            PublishError: an earlier part could not be sent.
        """
        rest = memoryview(data).cast("B")
        while rest:
            room = part_bytes(len(self._parts) + 1) - len(self._buffer)
            self._buffer += rest[:room]
            if len(rest) >= room:
                self._send()
            rest = rest[room:]

    def stage(self) -> Staged:
        """Send what is left and wait until S3 has every part.

        Raises:
            PublishError: a part could not be sent.
        """
        if self._staged is None:
            if self._buffer or not self._parts:
                self._send()
            for part in self._parts:
                part.result()
            self._senders.shutdown()
            self._staged = Staged(key=self._key, token=self.token, bytes=self._bytes, sha256=self._sha256.hexdigest())
        return self._staged

    def discard(self) -> None:
        """Forget what was written. Nothing happens where it is staged already.

        What S3 does not let us remove its lifecycle rule removes.
        """
        if self._staged is None:
            self._senders.shutdown(cancel_futures=True)
            with suppress(PublishError), self._refusals.in_words("AbortMultipartUpload", self._request["Key"]):
                self._s3.abort_multipart_upload(**self._request, UploadId=self._id)

    def _send(self) -> None:
        part, self._buffer = self._buffer, bytearray()
        self._bytes += len(part)
        self._sha256.update(part)
        self._room.acquire()
        if self._failed.is_set():
            self._room.release()
            for sent in self._parts:
                sent.result()
        self._parts.append(self._senders.submit(self._send_part, len(self._parts) + 1, part))

    def _send_part(self, number: int, part: bytearray) -> None:
        try:
            with self._refusals.in_words("UploadPart", self._request["Key"]):
                self._s3.upload_part(
                    **self._request,
                    UploadId=self._id,
                    PartNumber=number,
                    Body=part,  # type: ignore[arg-type]  # the SDK takes a bytearray, its stubs do not know
                    ChecksumCRC32=base64_of(zlib.crc32(part)),
                )
        except BaseException:
            self._failed.set()
            raise
        finally:
            self._room.release()


def base64_of(crc32: int) -> str:
    """A checksum as S3 writes it."""
    return base64.b64encode(crc32.to_bytes(4, "big")).decode()
