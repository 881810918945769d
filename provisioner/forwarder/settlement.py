"""What becomes of messages once their keys were tried, and who is told: the log, the metrics, the journal."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from .delivery import Outcome
from .failure import DeliveryError, RequestError
from .journal import Trouble
from .log import Fields
from .message import Message
from .metrics import BYTES, DEAD_LETTERED, DELIVERED, FAILED, Tally
from .retry import LONGEST_WAIT, wait_before_retry
from .task import Task

if TYPE_CHECKING:
    from .forwarder import Forwarder


NO_DATASET = "-"
"""Stands in the metrics for the dataset of a message that belongs to none; no dataset has this name."""


class Settlement:
    """Settles the messages of a batch: gone, back after a while, or a dead letter."""

    def __init__(self, forwarder: "Forwarder", tasks: Collection[Task], failures: Mapping[str, DeliveryError]) -> None:
        """Take the tasks of the batch, and the failures of messages that have none, by message id."""
        self.kept: set[str] = set()
        """The ids of the messages that SQS must keep."""
        self._forwarder = forwarder
        self._tasks = tasks
        self._failures = failures
        self._tally = Tally()

    def settle(self, messages: Iterable[Message]) -> None:
        """Decide about messages whose tasks are done."""
        waits: dict[str, int] = {}
        for message in messages:
            tasks = [task for task in self._tasks if message in task.messages]
            failed = next((task for task in tasks if task.failure), None)
            failure = self._failures.get(message.id) or (failed.failure if failed else None)
            wait = self._wait(message, failure, failed) if failure else None
            if wait is not None:
                waits[message.receipt_handle] = wait
                self.kept.add(message.id)
            if failure and not failed:
                self._count_failure(NO_DATASET, wait)
            for task in tasks:
                self._tell(task, message, wait)
        self._forwarder.queue.put_back(waits)

    def close(self) -> None:
        """All messages are settled: say what was counted."""
        for line in self._tally.lines(self._forwarder.now()):
            self._forwarder.log(line)

    def _wait(self, message: Message, failure: DeliveryError, task: Task | None) -> int | None:
        """Seconds until a failed message comes again; None once it is a dead letter."""
        forwarder = self._forwarder
        wait = wait_before_retry(failure, message.receives, forwarder.retry_seconds, forwarder.jitter)
        if wait is not None:
            return wait
        try:
            forwarder.queue.bury(message, _cause(message, failure, task))
        except RequestError as refused:
            forwarder.log({"level": "ERROR", "message_id": message.id, **describe(refused)})
            return LONGEST_WAIT
        return None

    def _tell(self, task: Task, message: Message, wait: int | None) -> None:
        """Say how a task ended: in the log, in the metrics, and in the journal."""
        forwarder, dataset, delivery = self._forwarder, task.route.dataset, task.delivery
        source = delivery.source if delivery else None
        result = describe(task.failure) if task.failure else {"level": "INFO", "outcome": task.outcome}
        forwarder.log(
            {
                "message_id": message.id,
                "key": task.key,
                "dataset": dataset,
                "target": task.route.bucket,
                "size": source.size if source else None,
                "attempts": delivery.attempts if delivery else None,
                "verified_by": delivery.verified_by if delivery else None,
                "receives": message.receives if message.receives > 1 else None,
                "seconds": round(task.seconds, 3),
                "next_try_seconds": wait,
                **result,
            }
        )
        if message is not task.messages[0]:
            return
        if source and source.written is not None:
            self._tally.note_age(dataset, max(0.0, forwarder.now() - source.written))
        if task.failure:
            self._count_failure(dataset, wait)
        elif source and task.outcome in (Outcome.DELIVERED, Outcome.KEPT):
            self._tally.add(dataset, DELIVERED)
            self._tally.add(dataset, BYTES, source.size)
        self._note(task, message, wait)

    def _count_failure(self, dataset: str, wait: int | None) -> None:
        self._tally.add(dataset, FAILED)
        if wait is None:
            self._tally.add(dataset, DEAD_LETTERED)

    def _note(self, task: Task, message: Message, wait: int | None) -> None:
        """Write into the journal what the next run and people must know; that it fails changes no delivery."""
        forwarder, dataset = self._forwarder, task.route.dataset
        try:
            if task.failure:
                forwarder.journal.note_trouble(dataset, _trouble(task, message, wait, forwarder.now()))
                return
            if task.outcome == Outcome.KEPT and task.delivery and task.delivery.source:
                forwarder.journal.note_receipt(dataset, task.key, task.delivery.source, forwarder.now())
            if task.may_be_noted:
                forwarder.journal.forget_trouble(dataset, task.key)
        except RequestError as failure:
            forwarder.log({"key": task.key, "dataset": dataset, **describe(failure), "level": "WARNING"})


def describe(failure: DeliveryError) -> Fields:
    """What the log says of a failure."""
    if not isinstance(failure, RequestError):
        return {"level": "ERROR", "outcome": failure.outcome, "advice": failure.advice}
    return {
        "level": "ERROR",
        "outcome": failure.outcome,
        "operation": failure.error.operation,
        "resource": failure.error.resource,
        "error_code": failure.error.code,
        "error_message": failure.error.message,
        "request_id": failure.error.request_id,
        "advice": failure.advice,
    }


def _cause(message: Message, failure: DeliveryError, task: Task | None) -> dict[str, str]:
    """What stands beside a dead letter."""
    error = failure.error if isinstance(failure, RequestError) else None
    return {
        "cause": failure.outcome,
        "dataset": task.route.dataset if task else "",
        "key": task.key if task else "",
        "code": error.code if error else "",
        "operation": error.operation if error else "",
        "resource": error.resource if error else "",
        "advice": failure.advice,
        "tries": str(message.receives),
        "first": str(int(message.first_received_at)),
    }


def _trouble(task: Task, message: Message, wait: int | None, now: float) -> Trouble:
    failure = task.failure
    error = failure.error if isinstance(failure, RequestError) else None
    return Trouble(
        key=task.key,
        state="dead" if wait is None else "retrying",
        cause=failure.outcome if failure else "",
        code=error.code if error else None,
        operation=error.operation if error else None,
        resource=error.resource if error else None,
        advice=failure.advice if failure else "",
        tries=message.receives,
        since=message.first_received_at,
        next=None if wait is None else now + wait,
    )
