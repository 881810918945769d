"""The forwarder's queue and its dead-letter queue: how much is in them, and the dead letters looked at and taken."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from provisioner.failure import UnavailableError
from provisioner.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType
    from mypy_boto3_sqs.type_defs import ChangeMessageVisibilityBatchRequestEntryTypeDef, MessageTypeDef

HOLD_SECONDS: Final = 300
"""How long a dead letter that is looked at is hidden from others, unless it is put back before."""
MAX_BATCH: Final = 10
"""Messages of one request (Amazon SQS Developer Guide, "Message quotas")."""
_WAIT_SECONDS: Final = 1
"""SQS asks all of its servers where it may wait, and some of them otherwise (the same guide, "Long polling")."""
_COUNTS: "Final[list[QueueAttributeNameType]]" = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
]


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The messages of a queue, as nearly as SQS knows."""

    waiting: int
    in_flight: int
    delayed: int

    @property
    def all(self) -> int:
        """Every message of the queue."""
        return self.waiting + self.in_flight + self.delayed


class Queues:
    """Both queues. Errors are the AWS SDK's own, but where a queue is not there."""

    def __init__(self, sqs: "SQSClient", settings: Settings) -> None:
        """Nothing is asked yet."""
        self._sqs = sqs
        self._settings = settings
        self._urls: dict[str, str] = {}

    @property
    def queue(self) -> str:
        """The URL of the queue.

        Raises:
            UnavailableError: it is not there.
        """
        return self._url(self._settings.forwarder)

    @property
    def dead_letters(self) -> str:
        """The URL of the dead-letter queue.

        Raises:
            UnavailableError: it is not there.
        """
        return self._url(self._settings.dead_letters)

    def counts(self, url: str) -> Counts:
        """How many messages a queue has."""
        held = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=_COUNTS)["Attributes"]
        waiting, in_flight, delayed = (int(held[name]) for name in _COUNTS)
        return Counts(waiting=waiting, in_flight=in_flight, delayed=delayed)

    def receive(self) -> "Iterator[list[MessageTypeDef]]":
        """The dead letters that nobody else has in hand, some at a time, each hidden for `HOLD_SECONDS`."""
        while messages := self._sqs.receive_message(
            QueueUrl=self.dead_letters,
            MaxNumberOfMessages=MAX_BATCH,
            VisibilityTimeout=HOLD_SECONDS,
            WaitTimeSeconds=_WAIT_SECONDS,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["SentTimestamp"],
        ).get("Messages", []):
            yield messages

    def put_back(self, handles: Iterable[str]) -> None:
        """Let dead letters be seen again at once. Those that SQS does not put back come after `HOLD_SECONDS`."""
        left = iter(handles)
        while some := list(itertools.islice(left, MAX_BATCH)):
            entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
                {"Id": str(at), "ReceiptHandle": handle, "VisibilityTimeout": 0} for at, handle in enumerate(some)
            ]
            self._sqs.change_message_visibility_batch(QueueUrl=self.dead_letters, Entries=entries)

    def send(self, body: str) -> None:
        """Put a message into the queue."""
        self._sqs.send_message(QueueUrl=self.queue, MessageBody=body)

    def remove(self, handle: str) -> None:
        """Take a message out of the dead-letter queue."""
        self._sqs.delete_message(QueueUrl=self.dead_letters, ReceiptHandle=handle)

    def _url(self, name: str) -> str:
        if name not in self._urls:
            try:
                self._urls[name] = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
            except self._sqs.exceptions.QueueDoesNotExist as error:
                raise UnavailableError(f"the queue {name} is not there: apply first") from error
        return self._urls[name]
