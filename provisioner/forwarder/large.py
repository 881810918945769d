"""Objects that are copied in parts: in parallel, over as many runs as it takes.

S3's own upload is the record of the progress: which parts it has is asked of S3. The journal only remembers which
upload is of which version, from before the upload is opened until after it has ended, so that none is forgotten.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from .delivery import IsNewest
from .failure import RequestError
from .journal import Journal, Upload
from .lanes import run_in_parallel
from .snapshot import Copied, Snapshot, full_checksums
from .transfer import Transfer, landing_on

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

MAX_PARTS = 10_000
"""Parts of one upload (Amazon S3 User Guide, "Amazon S3 multipart upload limits")."""
MAX_PART_BYTES = 5 * 1024**3
"""Largest part (the same page): so 10,000 of them hold 48.8 TiB, the largest object that S3 stores."""
MIB = 1024**2

_WHOLE_CHECKSUMS = ("CRC64NVME", "CRC32C", "CRC32")
"""Checksums of a whole object that S3 makes from those of its parts ("Checking object integrity", full-object)."""

_SPOILED = frozenset({"BadDigest", "InvalidPart", "InvalidRequest", "EntityTooSmall"})
"""Why S3 does not complete what it has: the parts are not those of the source, and the next try begins anew (Amazon S3
API Reference, CompleteMultipartUpload)."""


class HandOnError(Exception):
    """Time is up before the last part; the next run goes on."""


def part_size(size: int, threshold: int) -> int:
    """Bytes of each part but the last: the threshold, or more where 10,000 such parts do not suffice."""
    smallest = -(-size // MAX_PARTS)
    return max(threshold, -(-smallest // MIB) * MIB) if smallest > threshold else threshold


@dataclass(frozen=True, kw_only=True)
class LargeCopy:
    """Copies large objects in parts; `remaining` gives the seconds that this run still has for parts."""

    journal: Journal
    threshold: int
    concurrency: int
    remaining: Callable[[], float]
    now: Callable[[], float] = time.time

    def copy(self, transfer: Transfer, key: str, source: Snapshot, *, is_newest: IsNewest) -> Copied | None:
        """Copy all parts that are missing and complete the upload; None if something changed meanwhile: look again.

        Raises:
            HandOnError: parts are missing, and the run has no more time.
            RequestError: AWS refused a request; the upload stays, for the next run to go on.
        """
        dataset = transfer.route.dataset
        upload, etag = self.journal.upload(dataset, key)
        if upload is None or upload.upload_id is None or not upload.is_of(source):
            if upload is not None:
                self.abort(transfer, upload)
            upload, etag = self._open(transfer, key, source, replaces=etag)
        if upload is None:
            return None
        try:
            done = _parts(transfer, upload)
            missing = sorted(set(range(1, upload.parts + 1)) - done.keys())
            self._copy_parts(transfer, upload, missing, done)
        except RequestError as failure:
            if failure.error.code == "NoSuchUpload":  # another run has completed or aborted it
                self.journal.end_upload(dataset, upload)
                return None
            if failure.precondition_failed or failure.error.code in ("NoSuchVersion", "NoSuchKey"):
                self.end(transfer, upload)
                return None
            raise
        if len(done) < upload.parts:
            self.journal.note_upload(dataset, replace(upload, done=len(done)), replaces=etag)
            raise HandOnError
        return self._complete(transfer, upload, source, done, is_newest)

    def abort(self, transfer: Transfer, upload: Upload) -> None:
        """Abort an upload; where its id is not known, whatever is open of its key. Raises RequestError."""
        for upload_id in [upload.upload_id] if upload.upload_id else _opened(transfer, upload.key):
            _abort(transfer, upload.key, upload_id)

    def _open(
        self, transfer: Transfer, key: str, source: Snapshot, *, replaces: str | None
    ) -> tuple[Upload | None, str | None]:
        """A new upload, written down before and after it is opened; None if another run is at it too."""
        size = part_size(source.size, self.threshold)
        claim = Upload(
            key=key,
            upload_id=None,
            version_id=source.version_id,
            etag=source.etag,
            size=source.size,
            part_size=size,
            parts=-(-source.size // size),
            done=0,
            since=self.now(),
        )
        dataset = transfer.route.dataset
        etag = self.journal.note_upload(dataset, claim, replaces=replaces)
        if etag is None:
            return None, None
        upload = replace(claim, upload_id=_create(transfer, key, source))
        etag = self.journal.note_upload(dataset, upload, replaces=etag)
        if etag is None:
            self.abort(transfer, upload)
            return None, None
        return upload, etag

    def _copy_parts(self, transfer: Transfer, upload: Upload, missing: Sequence[int], done: dict[int, Any]) -> None:
        """Copy missing parts, as many at once as are allowed, until all are there or the time is up."""

        def copy(number: int) -> None:
            if self.remaining() > 0:
                done[number] = _copy_part(transfer, upload, number)

        run_in_parallel([partial(copy, number) for number in missing], self.concurrency)

    def _complete(
        self,
        transfer: Transfer,
        upload: Upload,
        source: Snapshot,
        done: dict[int, "CompletedPartTypeDef"],
        is_newest: IsNewest,
    ) -> Copied | None:
        replaces, newest = is_newest()
        if not newest:
            self.end(transfer, upload)
            return None
        expected: dict[str, Any] = {f"Checksum{name}": source.checksums[name] for name in _whole_checksum(source)}
        try:
            with transfer.ask_target("CompleteMultipartUpload"):
                answer = transfer.client.complete_multipart_upload(
                    **transfer.target(upload.key),
                    **landing_on(replaces),
                    **expected,
                    UploadId=upload.upload_id or "",
                    MultipartUpload={"Parts": [done[number] for number in sorted(done)]},
                    ChecksumType="FULL_OBJECT",
                    MpuObjectSize=upload.size,
                )
        except RequestError as failure:
            if failure.precondition_failed:
                return None
            if failure.error.code == "NoSuchUpload":
                self.journal.end_upload(transfer.route.dataset, upload)
                return None
            if failure.error.code in _SPOILED:
                self.end(transfer, upload)
            raise
        self.journal.end_upload(transfer.route.dataset, upload)
        return Copied(version_id=upload.version_id, etag=answer["ETag"], checksums=full_checksums(answer))

    def end(self, transfer: Transfer, upload: Upload) -> None:
        """Abort an upload that nobody will complete, and write down that it has ended. Raises RequestError."""
        self.abort(transfer, upload)
        self.journal.end_upload(transfer.route.dataset, upload)


def _create(transfer: Transfer, key: str, source: Snapshot) -> str:
    """Open an upload that will carry what travels with the source's bytes; its id."""
    with transfer.ask_source("GetObjectTagging"):
        tags = transfer.client.get_object_tagging(
            Bucket=transfer.export_bucket,
            Key=key,
            VersionId=source.version_id,
            ExpectedBucketOwner=transfer.account_id,
        )["TagSet"]
    tagging: dict[str, Any] = {"Tagging": urlencode([(tag["Key"], tag["Value"]) for tag in tags])} if tags else {}
    checksum: dict[str, Any] = {"ChecksumAlgorithm": (_whole_checksum(source) or _WHOLE_CHECKSUMS)[0]}
    with transfer.ask_target("CreateMultipartUpload"):
        opened = transfer.client.create_multipart_upload(
            **transfer.target(key),
            **transfer.encryption,
            **source.headers,
            **tagging,
            **checksum,
            ChecksumType="FULL_OBJECT",
        )
    return opened["UploadId"]


def _whole_checksum(source: Snapshot) -> tuple[str, ...]:
    """The algorithm by which the target's whole can be compared with the source's, if there is one."""
    return tuple(name for name in _WHOLE_CHECKSUMS if name in source.checksums)[:1]


def _copy_part(transfer: Transfer, upload: Upload, number: int) -> "CompletedPartTypeDef":
    first = (number - 1) * upload.part_size
    last = min(first + upload.part_size, upload.size) - 1
    with transfer.ask_target("UploadPartCopy"):
        answer = transfer.client.upload_part_copy(
            **transfer.target(upload.key),
            UploadId=upload.upload_id or "",
            PartNumber=number,
            CopySource={"Bucket": transfer.export_bucket, "Key": upload.key, "VersionId": upload.version_id},
            CopySourceIfMatch=upload.etag,
            CopySourceRange=f"bytes={first}-{last}",
            ExpectedSourceBucketOwner=transfer.account_id,
        )
    return _completed(number, answer["CopyPartResult"])


def _parts(transfer: Transfer, upload: Upload) -> dict[int, "CompletedPartTypeDef"]:
    """The parts that S3 has, by number."""
    done: dict[int, CompletedPartTypeDef] = {}
    marker = 0
    while True:
        with transfer.ask_target("ListParts"):
            page = transfer.client.list_parts(
                **transfer.target(upload.key), UploadId=upload.upload_id or "", PartNumberMarker=marker
            )
        for part in page.get("Parts", []):
            done[part["PartNumber"]] = _completed(part["PartNumber"], part)
        if not page["IsTruncated"]:
            return done
        marker = page["NextPartNumberMarker"]


def _completed(number: int, part: Any) -> "CompletedPartTypeDef":
    """What CompleteMultipartUpload must be told of a part, from what S3 says of it.

    Not its checksums: S3 has them, and the whole is checked by one over the whole.
    """
    return {"PartNumber": number, "ETag": part["ETag"]}


def _opened(transfer: Transfer, key: str) -> list[str]:
    """The uploads of a key that are open at the target."""
    request: dict[str, Any] = {**transfer.target(key), "Prefix": key}
    del request["Key"]
    found: list[str] = []
    while True:
        with transfer.ask_target("ListMultipartUploads"):
            page = transfer.client.list_multipart_uploads(**request)
        found += [upload["UploadId"] for upload in page.get("Uploads", []) if upload["Key"] == key]
        if not page["IsTruncated"]:
            return found
        request["KeyMarker"], request["UploadIdMarker"] = page["NextKeyMarker"], page["NextUploadIdMarker"]


def _abort(transfer: Transfer, key: str, upload_id: str) -> None:
    """End an upload; one that has ended already is as good."""
    try:
        with transfer.ask_target("AbortMultipartUpload"):
            transfer.client.abort_multipart_upload(**transfer.target(key), UploadId=upload_id)
    except RequestError as failure:
        if failure.error.code != "NoSuchUpload":
            raise
