"""Push datasets in the fake AWS, with exactly the permissions that each role has, and forwarders over them."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

from provisioner.forwarder.forwarder import Forwarder
from provisioner.forwarder.journal import Journal
from provisioner.forwarder.large import MIB
from provisioner.forwarder.log import Fields
from provisioner.forwarder.queue import Queue
from provisioner.forwarder.rest import Rest
from provisioner.forwarder.routes import Route, Routes

from .world import ACCOUNT, FakeQueue, FakeS3

EXPORTS = "mojap-hub-exports"
JOURNAL = "mojap-hub-exports-journal"
TARGET = "target-bucket"
TARGET_ACCOUNT = "444455556666"
DATASET = "alpha"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/export_{DATASET}"
FORWARDER = f"arn:aws:iam::{ACCOUNT}:role/export-forwarder"
KEY = f"{DATASET}/file.csv"
THRESHOLD = 8 * MIB
"""Beyond this many bytes objects are copied in parts, in these tests."""
VISIBILITY = 5_400.0


def route(
    *,
    dataset: str = DATASET,
    bucket: str = TARGET,
    bucket_account: str | None = None,
    keep_files: bool = False,
    kms_key_arn: str | None = None,
) -> Route:
    return Route(
        dataset=dataset,
        bucket=bucket,
        bucket_account=bucket_account,
        role_arn=f"arn:aws:iam::{ACCOUNT}:role/export_{dataset}",
        keep_files=keep_files,
        kms_key_arn=kms_key_arn,
    )


def grant(s3: FakeS3, dataset: str = DATASET, bucket: str = TARGET) -> None:
    """What a delivery role may do: read and delete its prefix, list it, and put under the same prefix of its target."""
    role, prefix = f"arn:aws:iam::{ACCOUNT}:role/export_{dataset}", f"{dataset}/"
    reading = ("s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging")
    s3.allow(role, (*reading, "s3:DeleteObject", "s3:ListBucket", "s3:ListBucketVersions"), EXPORTS, prefix)
    writing = ("s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
    s3.allow(role, (*writing, "s3:GetObject", "s3:GetObjectTagging"), bucket, prefix)
    s3.allow(role, ("s3:ListBucketMultipartUploads",), bucket)


def new_s3() -> FakeS3:
    """A fake S3 with all that one dataset needs."""
    s3 = FakeS3()
    furnish(s3)
    return s3


def furnish(s3: FakeS3) -> None:
    """Make the export bucket, its journal and one target, and say who may do what there."""
    s3.create_bucket(EXPORTS)
    s3.create_bucket(JOURNAL)
    s3.create_bucket(TARGET, owner=TARGET_ACCOUNT)
    s3.allow(FORWARDER, ("s3:ListBucket",), EXPORTS)
    s3.allow(FORWARDER, ("s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"), JOURNAL)
    grant(s3)


def new_queue(s3: FakeS3) -> FakeQueue:
    """The forwarder's queue, with its dead-letter queue."""
    dead_letters = FakeQueue(name="export-forwarder-dead-letters", clock=s3.clock)
    return FakeQueue(
        name="export-forwarder",
        clock=s3.clock,
        visibility_seconds=VISIBILITY,
        max_receive_count=12,
        dead_letters=dead_letters,
    )


@dataclass(kw_only=True)
class Post:
    """A forwarder over a fake S3 and a fake queue, and its log."""

    s3: FakeS3
    queue: FakeQueue = field(init=False)
    log: list[dict[str, Any]] = field(default_factory=list)
    routes: tuple[Route, ...] = (route(),)
    concurrency: int = 1
    threshold: int = THRESHOLD
    remaining: Callable[[], float] = lambda: 900.0
    make: Callable[..., Forwarder] = Forwarder
    """What makes the forwarder: a test of the tests breaks it here."""

    def __post_init__(self) -> None:
        """A queue of its own, until a test gives it another."""
        self.queue = new_queue(self.s3)
        self.rest = Rest(clock=self.s3.clock)

    @property
    def dead_letters(self) -> FakeQueue:
        assert self.queue.dead_letters is not None
        return self.queue.dead_letters

    def forwarder(self) -> Forwarder:
        def log(fields: Fields) -> None:
            self.log.append(dict(fields))

        ticks = iter(range(1_000_000))
        s3 = self.s3.client(FORWARDER)
        return self.make(
            routes=Routes(export_bucket=EXPORTS, account_id=ACCOUNT, routes=self.routes),
            client_for=lambda found: self.s3.client(found.role_arn),
            s3=s3,
            journal=Journal(client=s3, bucket=JOURNAL, account_id=ACCOUNT),
            queue=Queue(client=self.queue.client(), url=self.queue.url, dead_letters_url=self.dead_letters.url),
            rest=self.rest,
            concurrency=self.concurrency,
            threshold=self.threshold,
            retry_seconds=30,
            clock=lambda: float(next(ticks)),
            now=self.s3.clock,
            jitter=lambda: 1.0,
            log=log,
        )

    def forward(self, *bodies: str) -> list[str]:
        """Handle one batch with these message bodies (ids m1, m2, …); the ids of the messages that failed."""
        records = [record(f"m{number}", body, self.s3.clock()) for number, body in enumerate(bodies, 1)]
        failures = self.forwarder().handle({"Records": records}, self.remaining)["batchItemFailures"]
        return [failure["itemIdentifier"] for failure in failures]

    def deliver(self, key: str = KEY) -> dict[str, Any]:
        """Handle one event for a key; what the log says of it."""
        self.log.clear()
        self.forward(message(key))
        return self.lines()[-1]

    def lines(self) -> list[dict[str, Any]]:
        """The log without the metrics."""
        return [line for line in self.log if "_aws" not in line]

    def metrics(self, dataset: str = DATASET) -> dict[str, float]:
        """What was counted of a dataset in all."""
        found: dict[str, float] = {}
        for line in self.log:
            if line.get("Dataset") == dataset:
                for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
                    found[metric["Name"]] = found.get(metric["Name"], 0) + line[metric["Name"]]
        return found

    def take(self, *, most: int = 10) -> None:
        """One run over what the queue gives, as Lambda does it."""
        batch = self.queue.receive(most)
        if batch["Records"]:
            self.queue.finish(batch, self.forwarder().handle(batch, self.remaining))

    def work_off(self, *, seconds: float = 30 * 86_400) -> None:
        """Take until the queue is empty, letting time pass where it must."""
        end = self.s3.clock() + seconds
        while self.queue.messages and self.s3.clock() < end:
            if not self.queue.visible():
                self.s3.clock.advance(min(one.visible_from for one in self.queue.messages) - self.s3.clock())
            self.take()


def record(message_id: str, body: str, now: float, receives: int = 1) -> dict[str, Any]:
    """A message as Lambda hands it over."""
    return {
        "messageId": message_id,
        "receiptHandle": f"{message_id}#{receives}",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": str(receives),
            "SentTimestamp": str(int(now * 1000)),
            "ApproximateFirstReceiveTimestamp": str(int(now * 1000)),
        },
    }


def message(*keys: str, bucket: str = EXPORTS, event: str = "ObjectCreated:Put") -> str:
    """The body of an SQS message about keys, encoded as S3 encodes them."""
    return raw_message((quote_plus(key, safe="/") for key in keys), bucket=bucket, event=event)


def raw_message(encoded_keys: Iterable[str], *, bucket: str = EXPORTS, event: str = "ObjectCreated:Put") -> str:
    return json.dumps(
        {
            "Records": [
                {
                    "eventVersion": "2.1",
                    "eventSource": "aws:s3",
                    "eventName": event,
                    "s3": {"bucket": {"name": bucket}, "object": {"key": key, "size": 3, "sequencer": "0A"}},
                }
                for key in encoded_keys
            ]
        }
    )
