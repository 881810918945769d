"""One push dataset in the fake S3, with exactly the permissions that its delivery role has in AWS."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

from provisioner.forwarder.handler import Forwarder
from provisioner.forwarder.log import Fields
from provisioner.forwarder.routes import Route, Routes

from .world import ACCOUNT, FakeS3

EXPORTS = "mojap-hub-exports"
TARGET = "target-bucket"
DATASET = "alpha"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/export_{DATASET}"
KEY = f"{DATASET}/file.csv"


def route(*, dataset: str = DATASET, keep_files: bool = False, kms_key_arn: str | None = None) -> Route:
    return Route(
        dataset=dataset,
        bucket=TARGET,
        role_arn=f"arn:aws:iam::{ACCOUNT}:role/export_{dataset}",
        keep_files=keep_files,
        kms_key_arn=kms_key_arn,
    )


def grant(s3: FakeS3, dataset: str = DATASET) -> None:
    """What a delivery role may do: read and delete its prefix, list it, and put under the same prefix of its target."""
    role, prefix = f"arn:aws:iam::{ACCOUNT}:role/export_{dataset}", f"{dataset}/"
    reading = ("s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging")
    s3.allow(role, (*reading, "s3:DeleteObject", "s3:ListBucket", "s3:ListBucketVersions"), EXPORTS, prefix)
    s3.allow(role, ("s3:PutObject", "s3:PutObjectTagging", "s3:GetObject", "s3:GetObjectTagging"), TARGET, prefix)


def new_s3() -> FakeS3:
    s3 = FakeS3()
    s3.create_bucket(EXPORTS)
    s3.create_bucket(TARGET, owner="444455556666")
    grant(s3)
    return s3


@dataclass(frozen=True, kw_only=True)
class Post:
    """A forwarder over a fake S3, and its log."""

    s3: FakeS3
    log: list[dict[str, Any]] = field(default_factory=list)
    routes: tuple[Route, ...] = (route(),)

    def forward(self, *bodies: str) -> list[str]:
        """Handle one batch with these message bodies (ids m1, m2, …); the ids of the messages that failed."""
        ticks = iter(range(1_000_000))

        def log(fields: Fields) -> None:
            self.log.append(dict(fields))

        forwarder = Forwarder(
            routes=Routes(export_bucket=EXPORTS, account_id=ACCOUNT, routes=self.routes),
            client_for=lambda found: self.s3.client(found.role_arn),
            clock=lambda: float(next(ticks)),
            log=log,
        )
        records = [{"messageId": f"m{number}", "body": body} for number, body in enumerate(bodies, 1)]
        failures = forwarder.handle({"Records": records})["batchItemFailures"]
        return [failure["itemIdentifier"] for failure in failures]

    def deliver(self, key: str = KEY) -> dict[str, Any]:
        """Handle one event for a key; what the log says of it."""
        self.forward(message(key))
        return self.log[-1]


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
