"""The delivery of one key: copy, verify, delete, and never lose the newest write.

Events come twice, late and out of order, so an event says only *which key* to look at; what to deliver is what S3
shows when it is looked at. Three things hold whatever the timing:

- the bytes of the newest write of a key are in the export bucket or verified in the target;
- once the queue is empty the target holds the newest write;
- a delete happens only after a verified copy, and only of what was copied.

The first and the third need the delete to be conditional. The second needs two things more. A copy lands only on what
was seen at the target *before* the source was looked at, so that a slow forwarder's older copy never lands on a newer
one, not even when its request arrives after the forwarder has gone. And a run that has copied anything ends only when
the version it last copied is found to be the newest *after* the copy was verified; otherwise it copies the newest one
again: the receiver may have taken a newer one away meanwhile.

What is guaranteed are the bytes: S3 tells two writes of the same bytes apart by nothing that a conditional delete can
name, so of two such writes in the same moment either one's metadata may arrive.
"""

from enum import StrEnum
from typing import Protocol

from .failure import DeliveryError, RequestError
from .snapshot import Copied, Evidence, Snapshot
from .transfer import Deletion, Transfer

MAX_COPY_BYTES = 5 * 1024**3
"""Largest object that one CopyObject request copies: 5 GB (Amazon S3 API Reference, CopyObject)."""

MAX_ATTEMPTS = 5
"""Looks at one key in one run. A key that keeps changing goes back to the queue, which waits before it tries again."""


class Outcome(StrEnum):
    """How a delivery ended well."""

    DELIVERED = "delivered"
    """Copied, verified, and deleted here."""

    KEPT = "kept"
    """Copied and verified; the dataset keeps its files here."""

    ALREADY_DELIVERED = "already_delivered"
    """Deleted here by an earlier delivery: the target has it, or its owner has taken it away."""

    GONE = "gone"
    """No version of the key is left: there is nothing to deliver."""


class CopyParts(Protocol):
    """Copies a large object in parts: `LargeCopy.copy`."""

    def __call__(self, transfer: Transfer, key: str, source: Snapshot, *, is_newest: "IsNewest") -> Copied | None:
        """None if the key, or what lies at the target, changed meanwhile: look again."""


class IsNewest(Protocol):
    """Looks at the target, then whether the version that is copied still is the newest of its key."""

    def __call__(self) -> tuple[str | None, bool]:
        """The ETag at the target, None if nothing is there; and whether it is the newest."""


class PostponedError(Exception):
    """The object is large: its copy takes long, and everything small comes first."""


class Delivery:
    """One run over one key: `carry` it, delete what it says, tell it by `deleted`, until there is an outcome.

    Its attributes say how far it came, also after a failure.
    """

    def __init__(self, transfer: Transfer, key: str, threshold: int = MAX_COPY_BYTES) -> None:
        """Take the requests of the key's route, the key, and beyond how many bytes a copy is made in parts."""
        self.transfer = transfer
        self.key = key
        self.attempts = 0
        self.source: Snapshot | None = None
        """What was last looked at to be delivered."""
        self.verified_by: Evidence | None = None
        self.copy_parts: CopyParts | None = None
        """Large objects are postponed until this is set."""
        self._threshold = threshold
        self._replaces: str | None = None
        self._copied_version: str | None = None
        self._unreadable: RequestError | None = None
        self._unreadable_target: RequestError | None = None

    def carry(self) -> Outcome | Snapshot:
        """Copy and verify; what is then to be deleted here, or how it ended if nothing is.

        Raises:
            DeliveryError: nothing that was not verified has been deleted then.
            PostponedError: the object is large, and `copy_parts` is not set.
        """
        while self.attempts < MAX_ATTEMPTS:
            self.attempts += 1
            step = self._look_and_copy()
            if step is not None:
                return step
        if self._unreadable_target and self.source and self._is_current(self.source):
            raise self._unreadable_target
        raise DeliveryError(
            "unsettled",
            f"the object was written again during each of {MAX_ATTEMPTS} attempts; it is tried again later. "
            "Nothing to do unless its writer never stops",
        )

    def deleted(self, deletion: Deletion) -> Outcome | None:
        """What S3 did to what `carry` gave; None if the key changed meanwhile: carry it again. Raises RequestError."""
        if isinstance(deletion, RequestError):
            if self.source is not None and self._has_changed(deletion, self.source):
                return None
            raise deletion
        return Outcome.DELIVERED if deletion else None

    def _look_and_copy(self) -> Outcome | Snapshot | None:
        """One attempt; None means that the key changed meanwhile: look again."""
        try:
            source = self.transfer.head_source(self.key)
        except RequestError as failure:
            if failure.may_mean_missing:
                return self._settle_missing(failure)
            raise
        if not self._copy(source, pinned=False):
            return None
        if self.transfer.route.keep_files:
            return Outcome.KEPT if self._is_current(source) else None
        return source

    def _settle_missing(self, failure: RequestError) -> Outcome | None:
        """The key shows no current version: see that the target has the newest one there ever was."""
        target = self._look_at_target()
        newest = self.transfer.newest_version(self.key)
        if newest is None:
            return Outcome.GONE
        if newest.is_current:
            # Listed, but not to be read: written between the two requests, or refused. A second look tells which.
            if self._unreadable:
                raise failure
            self._unreadable = failure
            return None
        if self._copied_version == newest.version_id:
            return Outcome.DELIVERED
        source = self.transfer.head_version(self.key, newest.version_id)
        if self._copied_version is None and not _is_stale(target, source):
            self.source = source
            return Outcome.ALREADY_DELIVERED
        self._copy(source, pinned=True)
        return None

    def _look_at_target(self) -> Snapshot | None:
        """What the next copy is to replace; None if nothing is there, or nothing that may be read."""
        try:
            target = self.transfer.head_target(self.key)
        except RequestError as failure:
            if not failure.may_mean_missing:
                raise
            self._replaces = None
            self._unreadable_target = failure if failure.denied else None
            return None
        self._replaces = target.etag
        self._unreadable_target = None
        return target

    def _copy(self, source: Snapshot, *, pinned: bool) -> bool:
        """Copy and verify; False if the source or the target is no longer what it was."""
        self.source = source
        try:
            copied = self._copy_by_size(source, pinned=pinned)
        except RequestError as failure:
            if self._has_moved(failure, source, pinned=pinned):
                return False
            raise
        if copied is None or not self._verify(source, copied):
            return False
        self._replaces = copied.etag
        self._copied_version = copied.version_id
        return True

    def _has_moved(self, failure: RequestError, source: Snapshot, *, pinned: bool) -> bool:
        """Whether a copy failed because the source or the target changed; what the next one replaces is known then."""
        if failure.precondition_failed:
            self._look_at_target()
            return True
        if not failure.may_mean_missing:
            return False
        seen = self._replaces
        if seen is not None:
            self._look_at_target()
            if self._replaces != seen:
                return True
        return not pinned and not self._is_current(source)

    def _copy_by_size(self, source: Snapshot, *, pinned: bool) -> Copied | None:
        if source.size <= self._threshold:
            return self.transfer.copy(self.key, source, pinned=pinned, replaces=self._replaces)
        if self.copy_parts is None:
            raise PostponedError
        target = self._look_at_target()
        if target and source.compare(target) is Evidence.CHECKSUM and source.headers == target.headers:
            # Another run has completed it, perhaps without hearing so: it is not copied again.
            return Copied(version_id=source.version_id, etag=target.etag, checksums=target.checksums)
        return self.copy_parts(
            self.transfer, self.key, source, is_newest=lambda: self._landing_place(source, pinned=pinned)
        )

    def _landing_place(self, source: Snapshot, *, pinned: bool) -> tuple[str | None, bool]:
        self._look_at_target()
        if not pinned:
            return self._replaces, self._is_current(source)
        newest = self.transfer.newest_version(self.key)
        return self._replaces, newest is not None and newest.version_id == source.version_id

    def _verify(self, source: Snapshot, copied: Copied) -> bool:
        """See that the copy is whole; False if the target no longer holds it.

        Where both sides have a full-object checksum, S3 has computed the copy's and said it. Otherwise one more
        request asks for the size.
        """
        if source.contradicts(copied.checksums):
            raise self._not_verified()
        if source.checksums.keys() & copied.checksums.keys():
            self.verified_by = Evidence.CHECKSUM
            return True
        target = self._look_at_target()
        if target is None or target.etag != copied.etag:
            return False
        self.verified_by = source.compare(target)
        if self.verified_by is None:
            raise self._not_verified()
        return True

    def _not_verified(self) -> DeliveryError:
        self.verified_by = None
        return DeliveryError(
            "not_verified",
            f"the object in bucket {self.transfer.route.bucket} differs from the one copied; nothing was deleted and "
            "it is tried again. If it goes on, look for another writer of that key in the target bucket",
        )

    def _has_changed(self, failure: RequestError, source: Snapshot) -> bool:
        """Whether a request failed because the source is no longer there, rather than for want of a permission."""
        return failure.precondition_failed or (failure.may_mean_missing and not self._is_current(source))

    def _is_current(self, source: Snapshot) -> bool:
        try:
            return self.transfer.head_source(self.key).version_id == source.version_id
        except RequestError as failure:
            if failure.may_mean_missing:
                return False
            raise


def _is_stale(target: Snapshot | None, newest: Snapshot) -> bool:
    """Whether the target holds something that is not known to be the newest version.

    A target without the key is not stale: the delete marker was placed after a verified copy, and what the receiver
    then takes away is the receiver's. Equal sizes prove nothing here; an older version may have it too.
    """
    return target is not None and newest.compare(target) is not Evidence.CHECKSUM
