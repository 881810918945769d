"""The delivery of one key: copy, verify, delete, and never lose the newest write.

Events come twice, late and out of order, so an event says only *which key* to look at; what to deliver is what S3
shows when it is looked at. Three things hold whatever the timing:

- the bytes of the newest write of a key are in the export bucket or verified in the target;
- once the queue is empty the target holds the newest write;
- a delete happens only after a verified copy, and only of what was copied.

The last two need more than a conditional delete. A slow forwarder may land an old version on top of a newer one that
another forwarder has already delivered and deleted. So a run that has copied anything ends only when the version it
last copied is found to be the newest *after* the copy was verified; otherwise it copies the newest one again.

What is guaranteed are the bytes: S3 tells two writes of the same bytes apart by nothing that a conditional delete can
name, so of two such writes in the same moment either one's metadata may arrive.
"""

from enum import StrEnum

from .failure import DeliveryError, RequestError
from .snapshot import Evidence, Snapshot
from .transfer import Transfer

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


class Delivery:
    """One run over one key. Its attributes say how far it came, also after a failure."""

    def __init__(self, transfer: Transfer, key: str) -> None:
        """Take the requests of the key's route, and the key."""
        self.attempts = 0
        self.size: int | None = None
        self.verified_by: Evidence | None = None
        self._transfer = transfer
        self._key = key
        self._copied_version: str | None = None
        self._unreadable = False

    def run(self) -> Outcome:
        """Deliver the key. Raises DeliveryError; nothing that was not verified has been deleted then."""
        while self.attempts < MAX_ATTEMPTS:
            self.attempts += 1
            outcome = self._look_and_copy()
            if outcome:
                return outcome
        raise DeliveryError(
            "unsettled",
            f"the object was written again during each of {MAX_ATTEMPTS} attempts; the queue tries again later. "
            "Nothing to do unless its writer never stops",
        )

    def _look_and_copy(self) -> Outcome | None:
        """One attempt; None means that the key changed meanwhile: look again."""
        try:
            source = self._transfer.head_source(self._key)
        except RequestError as failure:
            if failure.may_mean_missing:
                return self._settle_missing(failure)
            raise
        if not self._copy(source, pinned=False):
            return None
        if self._transfer.route.keep_files:
            return Outcome.KEPT if self._is_current(source) else None
        return Outcome.DELIVERED if self._delete(source) else None

    def _settle_missing(self, failure: RequestError) -> Outcome | None:
        """The key shows no current version: see that the target has the newest one there ever was."""
        newest = self._transfer.newest_version(self._key)
        if newest is None:
            return Outcome.GONE
        if newest.is_current:
            # Listed, but not to be read: written between the two requests, or refused. A second look tells which.
            if self._unreadable:
                raise failure
            self._unreadable = True
            return None
        if self._copied_version == newest.version_id:
            return Outcome.DELIVERED
        source = self._transfer.head_version(self._key, newest.version_id)
        if self._copied_version is None and not self._target_is_stale(source):
            self.size = source.size
            return Outcome.ALREADY_DELIVERED
        self._copy(source, pinned=True)
        return None

    def _target_is_stale(self, newest: Snapshot) -> bool:
        """Whether the target holds something that is not known to be the newest version.

        A target without the key is not stale: the delete marker was placed after a verified copy, and what the
        receiver then takes away is the receiver's. Equal sizes prove nothing here; an older version may have it too.
        """
        try:
            target = self._transfer.head_target(self._key)
        except RequestError as failure:
            if failure.may_mean_missing:
                return False
            raise
        return newest.compare(target) is not Evidence.CHECKSUM

    def _copy(self, source: Snapshot, *, pinned: bool) -> bool:
        """Copy and verify; False if the source is no longer what it was."""
        self.size = source.size
        if source.size > MAX_COPY_BYTES:
            raise DeliveryError(
                "too_large",
                f"the object has {source.size} bytes and one copy request takes {MAX_COPY_BYTES}: it stays here. "
                "Write it again in smaller files",
            )
        try:
            copied = self._transfer.copy(self._key, source, pinned=pinned)
        except RequestError as failure:
            if self._has_changed(failure, source, pinned=pinned):
                return False
            raise
        self.verified_by = source.compare(self._transfer.head_target(self._key))
        if self.verified_by is None:
            raise DeliveryError(
                "not_verified",
                f"the object in bucket {self._transfer.route.bucket} differs from the one copied; nothing was deleted "
                "and the queue tries again. If it goes on, look for another writer of that key in the target bucket",
            )
        self._copied_version = copied
        return True

    def _delete(self, source: Snapshot) -> bool:
        """Delete what was copied; False if it is no longer the current version."""
        try:
            return self._transfer.delete_source(self._key, source)
        except RequestError as failure:
            if self._has_changed(failure, source, pinned=False):
                return False
            raise

    def _has_changed(self, failure: RequestError, source: Snapshot, *, pinned: bool) -> bool:
        """Whether a request failed because the source is no longer there, rather than for want of a permission."""
        if failure.precondition_failed:
            return True
        return failure.may_mean_missing and not pinned and not self._is_current(source)

    def _is_current(self, source: Snapshot) -> bool:
        try:
            return self._transfer.head_source(self._key).version_id == source.version_id
        except RequestError as failure:
            if failure.may_mean_missing:
                return False
            raise
