"""The fake S3 as a test sees it: buckets, what roles may do in them, and the means to act between any two requests."""

import dataclasses
import threading
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Literal, cast

from . import checksum as checksums
from .checksum import Checksum, ChecksumType
from .client import FakeS3Client
from .clock import Clock
from .content import Content
from .events import Event
from .faults import Fault
from .model import ACCOUNT, Attributes, Bucket, Permission, Request, Version, When

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SECONDS_A_DAY = 86_400

Action = Callable[[], None]


class FakeS3:
    """Versioned buckets. No randomness; time is the clock's. Safe to be called from several threads at once."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.buckets: dict[str, Bucket] = {}
        self.permissions: dict[str, set[Permission]] = {}
        self.requests: list[Request] = []
        self.events: list[Event] = []
        """What there is to tell of each write, oldest first: a test delivers, repeats, reorders or loses it."""
        self.landings: list[Callable[[], object]] = []
        """What callers no longer wait for and what will still happen: see `release`."""
        self.page_size = 1000
        """The most entries that any list answers with at once."""
        self.gone_delete_status: Literal[204, 403, 404, 412] = 404
        """What a conditional delete answers when a delete marker is on top. The User Guide documents 404."""
        self.on_request: Callable[[Request, When], None] = lambda _request, _when: None
        """Called at every moment of every request, outside the lock; may use the fake itself, and may raise."""
        self.carry: Callable[[Content], Content] = lambda content: content
        """What a copy in one request makes of the bytes it carries: a test may corrupt them here."""
        self.lock = threading.RLock()
        self._faults: list[_Order] = []
        self._made = 0

    # What tests do in the world, past all permissions.

    def create_bucket(self, name: str, owner: str = ACCOUNT, required_kms_key: str | None = None) -> None:
        self.buckets[name] = Bucket(owner=owner, required_kms_key=required_kms_key)

    def write(
        self,
        bucket: str,
        key: str,
        body: bytes,
        *,
        metadata: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        checksum_type: ChecksumType | None = "FULL_OBJECT",
        size: int | None = None,
    ) -> str:
        """Put an object as one of the dataset's users does; returns its version id.

        With a `size`, `body` is a token that stands for that many bytes. An object with a COMPOSITE checksum came in
        two parts; one without a checksum is from before S3 gave each object one.
        """
        content = Content.of(body, size)
        halves = [content.range(0, content.size // 2 - 1), content.range(content.size // 2, content.size)]
        made: Checksum | None = None
        match checksum_type:
            case "FULL_OBJECT":
                made = checksums.full(content, "CRC32")
            case "COMPOSITE":
                made = checksums.composite(halves, "CRC32")
        in_parts = checksum_type == "COMPOSITE"
        version = self.add(
            bucket,
            key,
            content,
            event="ObjectCreated:CompleteMultipartUpload" if in_parts else "ObjectCreated:Put",
            etag=checksums.etag_of_parts(halves) if in_parts else checksums.etag(content),
            attributes=Attributes(headers=headers or {}, metadata=metadata or {}, tags=tags or {}),
            checksum=made,
        )
        return version.version_id

    def mark_deleted(self, bucket: str, key: str) -> Version:
        """Put a delete marker on a key."""
        with self.lock:
            marker = Version(version_id=self.next_id("version"), content=None, modified=self.clock())
            self.buckets[bucket].keys.setdefault(key, []).append(marker)
            return marker

    def forget(self, bucket: str, key: str) -> None:
        """Remove every version at once."""
        with self.lock:
            self.buckets[bucket].keys.pop(key, None)

    def expire(self, bucket: str, *, noncurrent_days: float) -> None:
        """Run a lifecycle rule: versions that became noncurrent so long ago go, and markers left alone go.

        NoncurrentVersionExpiration and ExpiredObjectDeleteMarker (User Guide, "Lifecycle configuration elements").
        A version is noncurrent from the moment that its successor was made.
        """
        with self.lock:
            before = self.clock() - noncurrent_days * SECONDS_A_DAY
            keys = self.buckets[bucket].keys
            for key, versions in list(keys.items()):
                kept = [
                    version
                    for version, successor in zip(versions, [*versions[1:], None], strict=True)
                    if successor is None or successor.modified > before
                ]
                if all(version.is_marker for version in kept) and len(kept) == 1:
                    kept = []
                keys[key] = kept
                if not kept:
                    del keys[key]

    def current(self, bucket: str, key: str) -> Version | None:
        """The current version; None if there is none or a delete marker is on top."""
        versions = self.versions(bucket, key)
        return versions[-1] if versions and not versions[-1].is_marker else None

    def body(self, bucket: str, key: str) -> bytes | None:
        """The bytes of the current version, or the token that stands for them."""
        current = self.current(bucket, key)
        return current.body if current else None

    def versions(self, bucket: str, key: str) -> list[Version]:
        """Every version and delete marker of a key, oldest first."""
        with self.lock:
            return list(self.buckets[bucket].keys.get(key, []))

    def allow(self, role: str, actions: Collection[str], bucket: str, prefix: str = "") -> None:
        permissions = self.permissions.setdefault(role, set())
        permissions.update(Permission(action=action, bucket=bucket, prefix=prefix) for action in actions)

    def deny(self, role: str, action: str, bucket: str) -> None:
        self.permissions[role] = {
            permission
            for permission in self.permissions[role]
            if (permission.action, permission.bucket) != (action, bucket)
        }

    def client(self, role: str) -> "S3Client":
        """An S3 client with a role's permissions; it has the methods that the forwarder uses."""
        return cast("S3Client", FakeS3Client(self, role))

    def operations(self) -> list[str]:
        return [request.operation for request in self.requests]

    # What tests order.

    def at(self, operation: str, when: When, action: Action, *, bucket: str | None = None, occurrence: int = 1) -> None:
        """Run an action once, at a moment of the nth request of an operation (on a bucket) from now on."""
        seen = 0

        def act(request: Request, moment: When) -> None:
            nonlocal seen
            if request.operation != operation or moment is not when or bucket not in (None, request.bucket):
                return
            seen += 1
            if seen == occurrence:
                action()

        self.on_request = act

    def fail(self, operation: str, fault: Fault, *, bucket: str | None = None, key: str = "", times: int = 1) -> None:
        """Let the next requests of an operation (on a bucket, on keys that begin so) end in a fault.

        Orders add up, and stand beside `at` and `on_request`.
        """
        self._faults.append(_Order(operation=operation, fault=fault, bucket=bucket, key=key, left=times))

    def mend(self) -> None:
        """All is well again: what is left of the faults that were ordered does not come."""
        self._faults.clear()

    def release(self) -> None:
        """Let everything land that callers no longer wait for, in the order in which it was sent."""
        while self.landings:
            self.landings.pop(0)()

    # What the requests need of the world.

    def reach(self, request: Request, when: When) -> None:
        """A request is at one of its moments: the test's hook runs, and the first fault ordered for it is raised."""
        self.on_request(request, when)
        with self.lock:
            for order in self._faults:
                if order.fits(request, when):
                    order.left -= 1
                    if not order.left:
                        self._faults.remove(order)
                    raise order.fault.error(request)

    def may(self, role: str, action: str, bucket: str, key: str) -> bool:
        return any(
            (permission.action, permission.bucket) == (action, bucket) and key.startswith(permission.prefix)
            for permission in self.permissions.get(role, ())
        )

    def may_list_all(self, role: str, bucket: str) -> bool:
        """Whether a role holds s3:ListBucket without a condition, as a HEAD for a missing key demands."""
        return Permission(action="s3:ListBucket", bucket=bucket) in self.permissions.get(role, set())

    def add(
        self,
        bucket: str,
        key: str,
        content: Content,
        *,
        event: str,
        etag: str,
        attributes: Attributes,
        checksum: Checksum | None,
        kms_key: str | None = None,
    ) -> Version:
        """Make a new current version, and an event of it.

        An encrypted object has an ETag that is no digest of its bytes (API Reference, "Object", ETag).
        """
        with self.lock:
            version_id = self.next_id("version")
            if kms_key:
                etag = f'"{self._made:032x}{etag[33:]}'
            version = Version(
                version_id=version_id,
                content=content,
                modified=self.clock(),
                etag=etag,
                attributes=attributes,
                checksum=checksum,
                kms_key=kms_key,
            )
            self.buckets[bucket].keys.setdefault(key, []).append(version)
            self.events.append(
                Event(name=event, bucket=bucket, key=key, size=content.size, etag=etag, sequencer=f"{self._made:016X}")
            )
            return version

    def next_id(self, kind: str) -> str:
        """A name for a version or an upload that nothing else has."""
        with self.lock:
            self._made += 1
            return f"{kind}-{self._made}"


@dataclasses.dataclass(kw_only=True)
class _Order:
    """A fault that some requests to come are to end in."""

    operation: str
    fault: Fault
    bucket: str | None
    key: str
    left: int

    def fits(self, request: Request, when: When) -> bool:
        return (
            request.operation == self.operation
            and self.bucket in (None, request.bucket)
            and request.key.startswith(self.key)
            and when is self.fault.when
        )
