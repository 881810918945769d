"""What an SQS message says: which objects were written, or that it is time to sweep."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus


class NotANotificationError(ValueError):
    """The body of an SQS message is not a notification from S3."""


@dataclass(frozen=True, kw_only=True)
class ObjectEvent:
    """One thing that happened to one object; `key` is the object's real key, decoded."""

    name: str
    bucket: str
    key: str

    @property
    def is_write(self) -> bool:
        """Whether the object was written: put, copied, or completed by parts."""
        return self.name.startswith("ObjectCreated:")


@dataclass(frozen=True, kw_only=True)
class SweepTurn:
    """A sweep has its turn: from the start, or, with `before` and `after`, from where it stopped."""

    before: float | None = None
    """The moment, in epoch seconds, that an object must be older than."""
    after: str | None = None
    """The last key that was seen."""


def read_notification(body: str) -> list[ObjectEvent] | SweepTurn:
    """What the body of an SQS message says; no events for the test event S3 sends when a notification is set up.

    S3 URL-encodes keys and writes a space as `+` (Amazon S3 User Guide, "Event message structure").
    Raises NotANotificationError, whose text quotes nothing from the body.
    """
    try:
        content = json.loads(body)
        if content.get("Event") == "s3:TestEvent":
            return []
        if "sweep" in content:
            return _read_turn(content["sweep"])
        return [_read_record(record) for record in content["Records"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotANotificationError(
            "the message is not a notification from S3: nothing was copied or deleted, and it goes to the dead-letter "
            "queue. Only S3 should be allowed to send to this queue"
        ) from error


def _read_turn(turn: Any) -> SweepTurn:
    before, after = turn.get("before"), turn.get("after")
    if not (isinstance(before, int | float | None) and isinstance(after, str | None)):
        raise TypeError
    return SweepTurn(before=before, after=after)


def _read_record(record: Any) -> ObjectEvent:
    name, bucket, key = record["eventName"], record["s3"]["bucket"]["name"], record["s3"]["object"]["key"]
    if not (isinstance(name, str) and isinstance(bucket, str) and isinstance(key, str) and key):
        raise TypeError
    return ObjectEvent(name=name, bucket=bucket, key=unquote_plus(key, errors="strict"))
