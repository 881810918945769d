"""What the forwarder itself puts into its queue: in the shape in which S3 announces a write."""

import json
from enum import StrEnum
from urllib.parse import quote_plus


class Reason(StrEnum):
    """Why a key is announced again; stands where S3 says how an object was written."""

    HANDED_ON = "ObjectCreated:HandedOn"
    """A large object is half copied, and the next run goes on."""
    SWEPT = "ObjectCreated:Swept"
    """The sweep found it, and no event had announced it."""


def announce(bucket: str, key: str, reason: Reason) -> str:
    """The body of an SQS message about one key, encoded as S3 encodes it."""
    record = {
        "eventSource": "forwarder",
        "eventName": reason,
        "s3": {"bucket": {"name": bucket}, "object": {"key": quote_plus(key, safe="/")}},
    }
    return json.dumps({"Records": [record]})


def announce_sweep(before: float, after: str) -> str:
    """The body of an SQS message by which a sweep goes on where it stopped.

    `before` is the moment, in epoch seconds, that an object must be older than; `after` the last key that was seen.
    """
    return json.dumps({"sweep": {"before": before, "after": after}})
