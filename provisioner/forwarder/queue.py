"""The forwarder's queue and its dead-letter queue: the edge to SQS."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from .failure import RequestError, aws_request
from .message import Message

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef, SendMessageBatchRequestEntryTypeDef

MAX_BATCH = 10
"""Entries of one batch request (Amazon SQS Developer Guide, "Message quotas")."""

MAX_DELAY = 900
"""Seconds that SQS can hold a new message back (Amazon SQS API Reference, SendMessage)."""

_NOT_IN_MESSAGES = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that SQS refuses, and a key may have (Amazon SQS API Reference, SendMessage)."""

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Both queues, by their URLs. Methods that send raise RequestError."""

    client: "SQSClient"
    url: str
    dead_letters_url: str

    def put_back(self, waits: Mapping[str, int]) -> None:
        """Let messages, by receipt handle, come again after so many seconds.

        Where SQS does not do it, they come again after the visibility timeout of the queue: later, and not lost.
        """
        for some in _in_batches(waits.items()):
            entries = [
                {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": seconds}
                for number, (handle, seconds) in enumerate(some)
            ]
            try:
                with aws_request("ChangeMessageVisibility", self.url):
                    self.client.change_message_visibility_batch(QueueUrl=self.url, Entries=entries)  # type: ignore[arg-type]
            except RequestError:
                continue

    def send(self, body: str) -> None:
        """Put one message into the queue."""
        with aws_request("SendMessage", self.url):
            self.client.send_message(QueueUrl=self.url, MessageBody=body)

    def send_slowly(self, bodies: Sequence[str], per_second: float) -> int:
        """Put messages into the queue, held back so that no more than so many a second arrive; how many SQS took."""
        taken = 0
        for number, some in enumerate(_in_batches(bodies)):
            delay = min(MAX_DELAY, int(number * MAX_BATCH / per_second))
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(place), "MessageBody": body, "DelaySeconds": delay} for place, body in enumerate(some)
            ]
            with aws_request("SendMessage", self.url):
                answer = self.client.send_message_batch(QueueUrl=self.url, Entries=entries)
            taken += len(answer.get("Successful", []))
        return taken

    def bury(self, message: Message, cause: Mapping[str, str]) -> None:
        """Put a message into the dead-letter queue as it is, with its cause beside it."""
        attributes: dict[str, MessageAttributeValueTypeDef] = {
            name: {"DataType": "String", "StringValue": _NOT_IN_MESSAGES.sub("\ufffd", value)}
            for name, value in cause.items()
            if value
        }
        with aws_request("SendMessage", self.dead_letters_url):
            self.client.send_message(
                QueueUrl=self.dead_letters_url, MessageBody=message.body, MessageAttributes=attributes
            )


def _in_batches(things: Iterable[_T]) -> Iterator[list[_T]]:
    left = iter(things)
    while some := list(islice(left, MAX_BATCH)):
        yield some
