"""A fake SQS queue: visibility on a clock, receives counted, a redrive policy, and the batches that Lambda makes of it.

What is documented: Amazon SQS Developer Guide ("Amazon SQS visibility timeout", "Using dead-letter queues"), API
Reference (the batch operations), and AWS Lambda Developer Guide ("Using Lambda with Amazon SQS").
"""

import dataclasses
import itertools
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import botocore.session
from botocore.exceptions import ClientError
from botocore.validate import validate_parameters

from .clock import Clock
from .model import ACCOUNT, Answer

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_SQS_MODEL = botocore.session.get_session().get_service_model("sqs")

MAX_ENTRIES = 10
"""Entries of one batch request (API Reference, SendMessageBatch and its like)."""

MAX_MESSAGE_BYTES = 1024 * 1024
"""Of a message with its attributes, and of all those of one batch (Developer Guide, "Amazon SQS message quotas")."""

MAX_DELAY_SECONDS = 900
MAX_VISIBILITY_SECONDS = 43_200
"""Developer Guide, "Amazon SQS message quotas"; visibility counts from the receive."""

MILLISECONDS = 1000


@dataclass(kw_only=True)
class Message:
    """One message; times in epoch seconds. `handle` is that of the last receive."""

    message_id: str
    body: str
    attributes: Mapping[str, Mapping[str, str]]
    sent: float
    visible_from: float
    received: int = 0
    first_received: float | None = None
    handle: str | None = None

    def texts(self) -> dict[str, str]:
        """The message attributes by name."""
        return {name: value["StringValue"] for name, value in self.attributes.items()}


@dataclass(kw_only=True)
class FakeQueue:
    """A standard queue: it may give messages in any order, and a test may choose which."""

    name: str
    clock: Clock
    visibility_seconds: float = 30
    max_receive_count: int | None = None
    dead_letters: "FakeQueue | None" = None
    messages: list[Message] = field(default_factory=list)
    on_request: Callable[[str, Mapping[str, Any]], None] = lambda _operation, _parameters: None
    """Called with the operation and its parameters before each request; may raise."""
    requests: list[str] = field(default_factory=list)
    lock: Any = field(default_factory=threading.RLock)
    _ids: Any = field(default_factory=itertools.count)

    @property
    def url(self) -> str:
        return f"https://sqs.eu-west-2.amazonaws.com/{ACCOUNT}/{self.name}"

    @property
    def arn(self) -> str:
        return f"arn:aws:sqs:eu-west-2:{ACCOUNT}:{self.name}"

    def send(self, body: str, *, attributes: Mapping[str, Any] | None = None, delay: float = 0) -> Message:
        """Put a message into the queue, as S3 or a rule on a schedule does."""
        with self.lock:
            now = self.clock()
            message = Message(
                message_id=f"{self.name}-{next(self._ids)}",
                body=body,
                attributes=dict(attributes or {}),
                sent=now,
                visible_from=now + delay,
            )
            self.messages.append(message)
            return message

    def visible(self) -> list[Message]:
        with self.lock:
            return [message for message in self.messages if message.visible_from <= self.clock()]

    def receive(self, most: int = 10, *, choose: Iterable[int] | None = None) -> dict[str, Any]:
        """The event that Lambda hands to the function: up to `most` visible messages, or those chosen by position.

        They are invisible for the visibility timeout now. A message received too often goes to the dead-letter queue
        instead, as it was sent.
        """
        with self.lock:
            self._redrive()
            seen = self.visible()
            picked = [seen[index] for index in choose if index < len(seen)] if choose is not None else seen[:most]
            for message in picked:
                message.received += 1
                message.first_received = message.first_received or self.clock()
                message.visible_from = self.clock() + self.visibility_seconds
                message.handle = f"{message.message_id}#{message.received}"
            return {"Records": [self._record(message) for message in picked]}

    def finish(self, event: Mapping[str, Any], answer: Mapping[str, Any] | None) -> None:
        """What Lambda does after the function: delete each message that the answer does not name.

        Lambda Developer Guide, "Implementing partial batch responses". Without an answer (the function failed, or
        timed out) nothing is deleted; so too if the answer names a message that was not in the batch.
        """
        records = {record["messageId"]: record["receiptHandle"] for record in event["Records"]}
        if answer is None:
            return
        failed = {failure.get("itemIdentifier") for failure in answer.get("batchItemFailures", [])}
        if failed - records.keys():
            return
        for message_id, handle in records.items():
            if message_id not in failed:
                self.delete(handle)

    def delete(self, handle: str) -> None:
        """Delete a message by its latest handle; an older handle may not delete it, and here never does."""
        with self.lock:
            self.messages[:] = [message for message in self.messages if message.handle != handle]

    def client(self, *others: "FakeQueue") -> "SQSClient":
        """An SQS client of this queue, its dead-letter queue, and others."""
        queues = [self, *others, *([self.dead_letters] if self.dead_letters else [])]
        return cast("SQSClient", FakeSqsClient(queues))

    def _redrive(self) -> None:
        for message in self.visible():
            if self.dead_letters and self.max_receive_count and message.received >= self.max_receive_count:
                self.messages.remove(message)
                moved = dataclasses.replace(message, received=0, handle=None, visible_from=self.clock())
                self.dead_letters.messages.append(moved)

    def _record(self, message: Message) -> dict[str, Any]:
        assert message.first_received is not None
        return {
            "messageId": message.message_id,
            "receiptHandle": message.handle,
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": str(message.received),
                "SentTimestamp": str(int(message.sent * MILLISECONDS)),
                "SenderId": "AIDAEXAMPLE",
                "ApproximateFirstReceiveTimestamp": str(int(message.first_received * MILLISECONDS)),
            },
            "messageAttributes": {
                name: {"stringValue": value["StringValue"], "dataType": value["DataType"]}
                for name, value in message.attributes.items()
            },
            "eventSource": "aws:sqs",
            "eventSourceARN": self.arn,
            "awsRegion": "eu-west-2",
        }


class FakeSqsClient:
    """The methods of a boto3 SQS client that the forwarder uses; parameters are checked against botocore's model."""

    def __init__(self, queues: Collection[FakeQueue]) -> None:
        self._queues = {queue.url: queue for queue in queues}

    def send_message(self, **parameters: Any) -> Answer:
        return {"MessageId": self._send(self._queue("SendMessage", parameters), parameters)}

    def send_message_batch(self, **parameters: Any) -> Answer:
        queue = self._queue("SendMessageBatch", parameters)
        if sum(map(_size, parameters["Entries"])) > MAX_MESSAGE_BYTES:
            raise _refused("SendMessageBatch", "AWS.SimpleQueueService.BatchRequestTooLong")
        return self._each(parameters, lambda entry: {"MessageId": self._send(queue, entry)})

    def delete_message(self, **parameters: Any) -> Answer:
        self._queue("DeleteMessage", parameters).delete(parameters["ReceiptHandle"])
        return {}

    def change_message_visibility(self, **parameters: Any) -> Answer:
        queue = self._queue("ChangeMessageVisibility", parameters)
        return self._change(queue, parameters, "ChangeMessageVisibility")

    def change_message_visibility_batch(self, **parameters: Any) -> Answer:
        queue = self._queue("ChangeMessageVisibilityBatch", parameters)
        return self._each(parameters, lambda entry: self._change(queue, entry, "ChangeMessageVisibilityBatch"))

    def get_queue_attributes(self, **parameters: Any) -> Answer:
        queue = self._queue("GetQueueAttributes", parameters)
        with queue.lock:
            waiting, delayed = len(queue.visible()), [message for message in queue.messages if not message.received]
            hidden = [message for message in queue.messages if message.visible_from > queue.clock()]
        counts = {
            "ApproximateNumberOfMessages": waiting,
            "ApproximateNumberOfMessagesDelayed": len([message for message in hidden if message in delayed]),
            "ApproximateNumberOfMessagesNotVisible": len([message for message in hidden if message not in delayed]),
            "VisibilityTimeout": int(queue.visibility_seconds),
            "QueueArn": queue.arn,
        }
        asked = parameters.get("AttributeNames", [])
        return {"Attributes": {name: str(value) for name, value in counts.items() if {name, "All"} & {*asked}}}

    def _queue(self, operation: str, parameters: dict[str, Any]) -> FakeQueue:
        """The queue of a request that AWS knows."""
        shape = _SQS_MODEL.operation_model(operation).input_shape
        assert shape is not None
        validate_parameters(parameters, shape)
        queue = self._queues.get(parameters["QueueUrl"])
        if queue is None:
            raise _refused(operation, "AWS.SimpleQueueService.NonExistentQueue")
        with queue.lock:
            queue.requests.append(operation)
        queue.on_request(operation, parameters)
        entries = parameters.get("Entries")
        if entries is not None:
            if not 1 <= len(entries) <= MAX_ENTRIES:
                raise _refused(operation, "AWS.SimpleQueueService.TooManyEntriesInBatchRequest")
            if len({entry["Id"] for entry in entries}) < len(entries):
                raise _refused(operation, "AWS.SimpleQueueService.BatchEntryIdsNotDistinct")
        return queue

    def _send(self, queue: FakeQueue, entry: Mapping[str, Any]) -> str:
        delay = entry.get("DelaySeconds", 0)
        if _size(entry) > MAX_MESSAGE_BYTES or not 0 <= delay <= MAX_DELAY_SECONDS:
            raise _refused("SendMessage", "InvalidParameterValue")
        return queue.send(entry["MessageBody"], attributes=entry.get("MessageAttributes"), delay=delay).message_id

    def _change(self, queue: FakeQueue, entry: Mapping[str, Any], operation: str) -> Answer:
        """Let a message be seen again so many seconds from now; only one that is in flight, by its latest handle."""
        with queue.lock:
            now = queue.clock()
            if not 0 <= entry["VisibilityTimeout"] <= MAX_VISIBILITY_SECONDS:
                raise _refused(operation, "InvalidParameterValue")
            for message in queue.messages:
                if message.handle == entry["ReceiptHandle"]:
                    if message.visible_from <= now:
                        raise _refused(operation, "AWS.SimpleQueueService.MessageNotInflight")
                    message.visible_from = now + entry["VisibilityTimeout"]
                    return {}
        raise _refused(operation, "ReceiptHandleIsInvalid")

    def _each(self, parameters: Mapping[str, Any], do: Callable[[Mapping[str, Any]], Answer]) -> Answer:
        """Each entry of a batch succeeds or fails for itself."""
        successful: list[dict[str, Any]] = []
        failed: list[dict[str, Any]] = []
        for entry in parameters["Entries"]:
            try:
                successful.append({"Id": entry["Id"]} | do(entry))
            except ClientError as refused:
                failed.append({"Id": entry["Id"], "SenderFault": True, "Code": refused.response["Error"]["Code"]})
        return {name: value for name, value in {"Successful": successful, "Failed": failed}.items() if value}


def _size(entry: Mapping[str, Any]) -> int:
    """Bytes of a message: its body, and of each attribute the name, type and value."""
    attributes = entry.get("MessageAttributes", {})
    texts = [(name, value["DataType"], value["StringValue"]) for name, value in attributes.items()]
    for name, _, value in texts:
        if not value:
            raise _refused("SendMessage", "InvalidParameterValue", f"attribute {name} has no value")
    if len(texts) > 10:
        raise _refused("SendMessage", "InvalidParameterValue", "more than ten message attributes")
    return len(entry["MessageBody"].encode()) + sum(len(text.encode()) for named in texts for text in named)


def _refused(operation: str, code: str, message: str = "from the fake SQS") -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(answer, operation)
