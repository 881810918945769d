"""The forwarder: what one container has, and what it does with each batch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .batch import Batch
from .delivery import MAX_COPY_BYTES, Delivery
from .journal import Journal
from .large import LargeCopy
from .log import Fields
from .message import Message
from .queue import Queue
from .rest import Rest
from .routes import Route, Routes
from .sweep import Sweep
from .transfer import Transfer

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MARGIN = 30.0
"""Seconds before its end at which a run begins nothing more."""

PART_MARGIN = 240.0
"""Seconds before its end at which a run begins no more parts: those under way must end, however slow."""


def no_limit() -> float:
    """The seconds that a run has outside of Lambda."""
    return float("inf")


@dataclass(frozen=True, kw_only=True)
class Forwarder:
    """Delivers what SQS messages announce.

    `clock` counts seconds, `now` is in epoch seconds, `jitter` gives numbers from 0 to 1 by chance.
    """

    routes: Routes
    client_for: Callable[[Route], "S3Client"]
    s3: "S3Client"
    """As the forwarder's own role."""
    journal: Journal
    queue: Queue
    rest: Rest
    concurrency: int
    """Requests at once."""
    threshold: int
    """Bytes beyond which an object is copied in parts."""
    retry_seconds: int
    """The first wait before a failed delivery is tried again."""
    clock: Callable[[], float]
    now: Callable[[], float]
    jitter: Callable[[], float]
    log: Callable[[Fields], None]
    margin: float = MARGIN

    def handle(self, batch: Mapping[str, Any], remaining: Callable[[], float] = no_limit) -> dict[str, Any]:
        """The partial batch response: SQS keeps exactly the messages named in it.

        `batch` is the event of an SQS event source mapping (Lambda Developer Guide, "Using Lambda with Amazon SQS").
        """
        messages = [Message.from_record(record) for record in batch["Records"]]
        failed = Batch(self, messages, remaining).run()
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    def transfer(self, route: Route) -> Transfer:
        """The requests of a route. Raises RequestError if its role cannot be assumed."""
        return Transfer(
            client=self.client_for(route),
            route=route,
            export_bucket=self.routes.export_bucket,
            account_id=self.routes.account_id,
        )

    def delivery(self, route: Route, key: str) -> Delivery:
        """The delivery of a key of a route."""
        return Delivery(self.transfer(route), key, min(self.threshold, MAX_COPY_BYTES))

    def large(self, remaining: Callable[[], float]) -> LargeCopy:
        """What copies large objects in a run that still has so many seconds."""
        return LargeCopy(
            journal=self.journal,
            threshold=self.threshold,
            concurrency=self.concurrency,
            remaining=lambda: remaining() - PART_MARGIN,
            now=self.now,
        )

    def sweep(self, remaining: Callable[[], float]) -> Sweep:
        """What looks for objects that no event announced."""
        return Sweep(forwarder=self, remaining=lambda: remaining() - MARGIN)
