"""What the forwarder has written down: the troubles and uploads of each dataset, its receipts, and the last sweep."""

import hashlib
import json
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from provisioner.operations.cause import Cause, Failed

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_READ: Final = 1_000
"""Notes of one kind that are read of one dataset: each is a request. The others are counted."""
_SHORT: Final = 16
"""Hexadecimal digits of a receipt's name that are kept: among a million, two are alike once in tens of millions."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A key that could not be delivered."""

    dead: bool
    """Whether it is not tried again by itself."""
    next: datetime | None
    """When it is tried again."""
    failed: Failed


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A large object on its way."""

    key: str
    size: int
    """Bytes."""
    done: int
    """Parts that were copied when it was last written down."""
    parts: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """The last look for what no event announced."""

    started: datetime
    finished: datetime | None
    """None while it goes on."""
    listed: int
    found: int


def key_id(text: str) -> str:
    """What stands for a key in the names of the journal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Receipts:
    """Which writes of a kept file were delivered: eight bytes for each, in the order in which S3 lists them."""

    def __init__(self, ids: Iterator[str]) -> None:
        """Take the ids of the receipts, sorted."""
        self._known = array("Q", (int(name[:_SHORT], 16) for name in ids))

    def has(self, key: str, etag: str) -> bool:
        """Whether this write was delivered; the ETag is as S3 gives it, in quotes."""
        wanted = int(key_id(f"{key}\n{etag}")[:_SHORT], 16)
        at = bisect_left(self._known, wanted)
        return at < len(self._known) and self._known[at] == wanted


class Journal:
    """The journal in its bucket. Errors are the AWS SDK's own."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        """Nothing is asked yet."""
        self._s3 = s3
        self._bucket = bucket

    def datasets_with(self, kind: str) -> frozenset[str]:
        """The datasets of which there are notes of a kind: a request for each thousand."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=f"{kind}/", Delimiter="/"
        )
        return frozenset(found["Prefix"].split("/")[1] for page in pages for found in page.get("CommonPrefixes", []))

    def troubles(self, dataset: str) -> tuple[dict[str, Trouble], int]:
        """The troubles of a dataset by their ids, and how many there are beside those that were read."""
        notes, more = self._notes("troubles", dataset)
        return {name: _trouble(note) for name, note in notes.items()}, more

    def uploads(self, dataset: str) -> tuple[dict[str, Upload], int]:
        """The large objects of a dataset that are on their way, likewise."""
        notes, more = self._notes("uploads", dataset)
        return {name: _upload(note) for name, note in notes.items()}, more

    def receipts(self, dataset: str) -> Receipts:
        """What was delivered of a dataset that keeps its files."""
        return Receipts(self._ids("receipts", dataset))

    def last_sweep(self) -> Sweep | None:
        """The last sweep; None before the first."""
        note = self._read("sweep")
        if note is None:
            return None
        finished = note.get("finished")
        return Sweep(
            started=_time(note["started"]),
            finished=None if finished is None else _time(finished),
            listed=note.get("listed", 0),
            found=note.get("found", 0),
        )

    def _notes(self, kind: str, dataset: str) -> tuple[dict[str, dict[str, Any]], int]:
        names = self._ids(kind, dataset)
        found = {name: self._read(f"{kind}/{dataset}/{name}") for name in islice(names, MAX_READ)}
        # What is gone by now has been delivered since it was listed.
        return {name: note for name, note in found.items() if note is not None}, sum(1 for _ in names)

    def _ids(self, kind: str, dataset: str) -> Iterator[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=f"{kind}/{dataset}/")
        return (found["Key"].rpartition("/")[2] for page in pages for found in page.get("Contents", []))

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            body = self._s3.get_object(Bucket=self._bucket, Key=name)["Body"].read()
        except self._s3.exceptions.NoSuchKey:
            return None
        note: dict[str, Any] = json.loads(body)
        return note


def _trouble(note: dict[str, Any]) -> Trouble:
    following = note.get("next")
    return Trouble(
        dead=note["state"] == "dead",
        next=None if following is None else _time(following),
        failed=Failed(
            key=note["key"],
            cause=Cause(
                outcome=note["cause"],
                code=note.get("code") or None,
                operation=note.get("operation") or None,
                resource=note.get("resource") or None,
                advice=note.get("advice") or None,
            ),
            since=_time(note["since"]),
            tries=note["tries"],
        ),
    )


def _upload(note: dict[str, Any]) -> Upload:
    return Upload(
        key=note["key"], size=note["size"], done=note["done"], parts=note["parts"], since=_time(note["since"])
    )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
