"""What the forwarder remembers from one run to the next: names and reasons, never data.

Each note is a small JSON object in the journal's bucket, and its name begins with its kind and its dataset, so that a
listing answers a question: what is in trouble, what is on its way, what was delivered and kept.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from .failure import RequestError, aws_request
from .snapshot import Snapshot
from .transfer import landing_on

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TROUBLES, UPLOADS, ENDED, RECEIPTS = "troubles", "uploads", "ended", "receipts"
SWEEP = "sweep"


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A key that could not be delivered, and why; times are epoch seconds."""

    key: str
    state: str
    """`retrying` or `dead`."""
    cause: str
    code: str | None
    operation: str | None
    resource: str | None
    advice: str
    tries: int
    since: float
    next: float | None
    """When it is tried again; None if it is not."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A large object on its way: what its parts are of, and how far it is; sizes in bytes."""

    key: str
    upload_id: str | None
    """None while it is being opened: whoever finds it so looks for what was opened."""
    version_id: str
    etag: str
    size: int
    part_size: int
    parts: int
    done: int
    since: float

    def is_of(self, source: Snapshot) -> bool:
        """Whether its parts are of this version."""
        return (self.version_id, self.etag) == (source.version_id, source.etag)


@dataclass(frozen=True, kw_only=True)
class Note:
    """A note as a listing shows it; `written` is when."""

    kind: str
    dataset: str
    id: str
    written: datetime

    @property
    def name(self) -> str:
        """What it is called in the bucket."""
        return f"{self.kind}/{self.dataset}/{self.id}"


class _Found(NamedTuple):
    content: dict[str, Any]
    etag: str


def key_id(key: str) -> str:
    """What stands for a key in the names of notes: keys may be as long as names of objects, and hold anything."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def receipt_id(key: str, etag: str) -> str:
    """What stands for one write of a key."""
    return key_id(f"{key}\n{etag}")


@dataclass(frozen=True, kw_only=True)
class Journal:
    """The notes in their bucket, as the forwarder's own role. Every method raises RequestError."""

    client: "S3Client"
    bucket: str
    account_id: str

    def note_trouble(self, dataset: str, trouble: Trouble) -> None:
        """Write down why a key is not delivered, in place of what was said of it before."""
        self._put(f"{TROUBLES}/{dataset}/{key_id(trouble.key)}", asdict(trouble))

    def forget_trouble(self, dataset: str, key: str) -> None:
        """The key has been delivered."""
        self._remove(f"{TROUBLES}/{dataset}/{key_id(key)}")

    def note_receipt(self, dataset: str, key: str, source: Snapshot, at: float) -> None:
        """Write down that this write of a kept file has been delivered."""
        self._put(
            f"{RECEIPTS}/{dataset}/{receipt_id(key, source.etag)}",
            {"key": key, "etag": source.etag, "version_id": source.version_id, "at": at},
        )

    def upload(self, dataset: str, key: str) -> tuple[Upload | None, str | None]:
        """The upload of a key that is on its way, and the ETag of the note about it."""
        found = self._get(f"{UPLOADS}/{dataset}/{key_id(key)}")
        return (Upload(**found.content), found.etag) if found else (None, None)

    def read_upload(self, note: Note) -> Upload | None:
        """The upload that a note is about."""
        found = self._get(note.name)
        return Upload(**found.content) if found else None

    def note_upload(self, dataset: str, upload: Upload, *, replaces: str | None) -> str | None:
        """Write down an upload in place of the note with this ETag, or, where that is None, as the first.

        The ETag of the new note; None if another run has written down something else meanwhile.
        """
        try:
            return self._put(f"{UPLOADS}/{dataset}/{key_id(upload.key)}", asdict(upload), landing_on(replaces))
        except RequestError as failure:
            if failure.precondition_failed or failure.error.code == "NoSuchKey":
                return None
            raise

    def end_upload(self, dataset: str, upload: Upload) -> None:
        """An upload has been completed or aborted.

        That it was there stays written down until a sweep has seen that nothing is left open: another run that was
        about to open one for the same key may have done so, and died. What that run has written down stays, too.
        """
        self._put(f"{ENDED}/{dataset}/{key_id(upload.key)}", asdict(upload))
        current, etag = self.upload(dataset, upload.key)
        if current is None or current.upload_id != upload.upload_id:
            return
        try:
            self._remove(f"{UPLOADS}/{dataset}/{key_id(upload.key)}", {"IfMatch": etag})
        except RequestError as failure:
            if not (failure.precondition_failed or failure.may_mean_missing):
                raise

    def notes(self, kind: str, dataset: str | None = None) -> Iterator[Note]:
        """The notes of a kind, of one dataset or of all; the newest state of each, in the order of their names."""
        request: dict[str, Any] = {"Bucket": self.bucket, "Prefix": f"{kind}/{dataset}/" if dataset else f"{kind}/"}
        while True:
            with aws_request("ListObjectsV2", self.bucket):
                page = self.client.list_objects_v2(**request, ExpectedBucketOwner=self.account_id)
            for listed in page.get("Contents", []):
                _, of, identity = listed["Key"].split("/")
                yield Note(kind=kind, dataset=of, id=identity, written=listed["LastModified"])
            if not page["IsTruncated"]:
                return
            request["ContinuationToken"] = page["NextContinuationToken"]

    def last_sweep(self) -> dict[str, Any]:
        """What the last sweep wrote down; empty before the first."""
        found = self._get(SWEEP)
        return found.content if found else {}

    def note_sweep(self, sweep: dict[str, Any]) -> None:
        """Write down how a sweep went."""
        self._put(SWEEP, sweep)

    def remove(self, note: Note) -> None:
        """Remove a note, if it is there."""
        self._remove(note.name)

    def _remove(self, name: str, condition: dict[str, Any] | None = None) -> None:
        with aws_request("DeleteObject", self.bucket):
            self.client.delete_object(
                Bucket=self.bucket, Key=name, ExpectedBucketOwner=self.account_id, **(condition or {})
            )

    def _put(self, name: str, note: dict[str, Any], condition: dict[str, Any] | None = None) -> str:
        """Write a note; its ETag."""
        with aws_request("PutObject", self.bucket):
            return self.client.put_object(
                Bucket=self.bucket,
                Key=name,
                Body=json.dumps(note).encode(),
                ContentType="application/json",
                ExpectedBucketOwner=self.account_id,
                **(condition or {}),
            )["ETag"]

    def _get(self, name: str) -> _Found | None:
        try:
            with aws_request("GetObject", self.bucket):
                answer = self.client.get_object(Bucket=self.bucket, Key=name, ExpectedBucketOwner=self.account_id)
                return _Found(json.loads(answer["Body"].read()), answer["ETag"])
        except RequestError as failure:
            if failure.error.code == "NoSuchKey":
                return None
            raise
