"""One SQS message, as Lambda hands it over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MILLISECONDS = 1_000


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message that was received; times are epoch seconds."""

    id: str
    receipt_handle: str
    body: str
    receives: int
    """How often it was received, this time included; SQS counts approximately."""
    sent_at: float
    first_received_at: float

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Message":
        """A record of an SQS event (AWS Lambda Developer Guide, "Using Lambda with Amazon SQS")."""
        attributes = record["attributes"]
        return cls(
            id=record["messageId"],
            receipt_handle=record["receiptHandle"],
            body=record["body"],
            receives=int(attributes["ApproximateReceiveCount"]),
            sent_at=int(attributes["SentTimestamp"]) / _MILLISECONDS,
            first_received_at=int(attributes["ApproximateFirstReceiveTimestamp"]) / _MILLISECONDS,
        )
