"""The fake S3 with a meter: how many requests of which kind, and how much CPU the fake itself takes.

It keeps no request, so that what memory a benchmark finds is not that of a list.
"""

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, cast

from provisioner.forwarder.large import MIB
from provisioner.settings import Settings
from tests.forwarder.setting import DATASET, EXPORTS, Post, furnish, message
from tests.forwarder.world import ACCOUNT, FakeS3, Request

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_DEFAULTS: Final = Settings(stack="bench", account_id=ACCOUNT)
"""The settings where a stack says nothing else."""


class Tally(list[Request]):
    """Counts the requests that are added to it, and keeps none."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def append(self, request: Request) -> None:
        self.counts[request.operation] += 1

    def __len__(self) -> int:
        return self.counts.total()


class MeteredS3(FakeS3):
    """Counts requests, and the CPU seconds of answering them, in whatever thread."""

    def __init__(self) -> None:
        super().__init__()
        self.tally = Tally()
        self.requests = self.tally
        self.cpu = 0.0
        self._meter = threading.Lock()

    def client(self, role: str) -> "S3Client":
        """A client of the fake whose every request is metered."""
        return cast("S3Client", _MeteredClient(self, super().client(role)))

    def spend(self, seconds: float) -> None:
        """Add CPU seconds of the fake's."""
        with self._meter:
            self.cpu += seconds


class _MeteredClient:
    def __init__(self, world: MeteredS3, client: "S3Client") -> None:
        self._world = world
        self._client = client

    def __getattr__(self, method: str) -> Any:
        send = getattr(self._client, method)

        def metered(**parameters: Any) -> Any:
            begun = time.thread_time()
            try:
                return send(**parameters)
            finally:
                self._world.spend(time.thread_time() - begun)

        return metered


def metered_post() -> tuple[MeteredS3, Post]:
    """A forwarder with the default settings over a metered fake S3."""
    s3 = MeteredS3()
    furnish(s3)
    return s3, Post(
        s3=s3, concurrency=_DEFAULTS.forwarder_concurrency, threshold=_DEFAULTS.multipart_threshold_mib * MIB
    )


def write(post: Post, objects: int, size: int, prefix: str = "") -> list[str]:
    """Write so many objects of so many bytes, a number only; the message of each."""
    keys = [f"{DATASET}/{prefix}{number:06}.csv" for number in range(objects)]
    for key in keys:
        post.s3.write(EXPORTS, key, b"token", size=size)
    post.s3.events.clear()
    return [message(key) for key in keys]
