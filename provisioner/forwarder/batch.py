"""A batch of SQS messages: everything small at once, then what is large, then the sweep if it has its turn."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from .announcement import Reason, announce
from .delivery import PostponedError
from .failure import DeliveryError, ForeignMessageError, NoRouteError, RequestError, as_failure
from .lanes import run_in_lanes
from .large import HandOnError
from .message import Message
from .notification import NotANotificationError, ObjectEvent, SweepTurn, read_notification
from .settlement import Settlement, describe
from .task import HANDED_ON, Task, delete_verified

if TYPE_CHECKING:
    from .forwarder import Forwarder


class Batch:
    """One run over one batch; `remaining` gives the seconds that the function still has."""

    def __init__(self, forwarder: "Forwarder", messages: Sequence[Message], remaining: Callable[[], float]) -> None:
        """Read the messages; nothing is done yet."""
        self._forwarder = forwarder
        self._remaining = remaining
        self._messages = messages
        self._tasks: dict[str, Task] = {}
        self._failures: dict[str, DeliveryError] = {}
        self._turns: dict[str, SweepTurn] = {}
        for message in messages:
            self._read(message)

    def run(self) -> list[str]:
        """Do it all; the ids of the messages that SQS must keep."""
        settlement = Settlement(self._forwarder, self._tasks.values(), self._failures)
        self._deliver(list(self._tasks.values()))
        large = [task for task in self._tasks.values() if task.postponed]
        late = {message.id for task in large for message in task.messages} | self._turns.keys()
        # What failed may come again before the large ones are done.
        settlement.settle(message for message in self._messages if message.id not in late)
        for task in large:
            self._deliver_large(task)
        for message in self._messages:
            if message.id in self._turns:
                self._sweep(message)
        settlement.settle(message for message in self._messages if message.id in late)
        settlement.close()
        return [message.id for message in self._messages if message.id in settlement.kept]

    def _read(self, message: Message) -> None:
        try:
            said = read_notification(message.body)
        except NotANotificationError as error:
            self._fail(message, ForeignMessageError("bad_message", str(error)))
            return
        if isinstance(said, SweepTurn):
            self._turns[message.id] = said
            return
        for event in said:
            self._take(message, event)

    def _take(self, message: Message, event: ObjectEvent) -> None:
        """Make a key of an event a task, or find out why it is none; all that announce a key share its task."""
        forwarder = self._forwarder
        route = forwarder.routes.find(event.key)
        if not event.is_write:
            about = {"message_id": message.id, "key": event.key}
            forwarder.log({"level": "INFO", **about, "outcome": "ignored", "event": event.name})
        elif event.bucket != forwarder.routes.export_bucket:
            advice = (
                f"the event is of bucket {event.bucket}, and only those of {forwarder.routes.export_bucket} are "
                "delivered: nothing was copied or deleted. Only that bucket should be allowed to send to this queue"
            )
            self._fail(message, ForeignMessageError("wrong_bucket", advice), event.key)
        elif route is None:
            advice = (
                "no push dataset has this key's first path segment as its name: nothing was copied or deleted. "
                "Add the dataset and redrive, or delete the object"
            )
            self._fail(message, NoRouteError("no_route", advice), event.key)
        else:
            task = self._tasks.setdefault(event.key, Task(key=event.key, route=route))
            task.messages.append(message)
            task.may_be_noted |= message.receives > 1 or event.name in list(Reason)

    def _fail(self, message: Message, failure: DeliveryError, key: str | None = None) -> None:
        """A message from which no task can be made."""
        self._failures.setdefault(message.id, failure)
        self._forwarder.log({"message_id": message.id, "key": key, **describe(failure)})

    def _deliver(self, tasks: Iterable[Task]) -> None:
        """The protocol, for many keys at once: carry each, delete what is verified, carry again what changed."""
        waiting = list(tasks)
        while waiting:
            lanes = {dataset: self._lane(some) for dataset, some in _by_dataset(waiting).items()}
            run_in_lanes(lanes, self._forwarder.concurrency)
            waiting = [task for task in waiting if task.unfinished]

    def _lane(self, tasks: Sequence[Task]) -> list[partial[None]]:
        """Carry the tasks of one dataset; whoever carries the last deletes what all have verified, at once."""
        left = iter(reversed(range(len(tasks))))
        return [partial(self._carry_then_delete, task, tasks, left) for task in tasks]

    def _carry_then_delete(self, task: Task, tasks: Sequence[Task], left: Iterator[int]) -> None:
        self._carry(task)
        if next(left) == 0:  # a step of a range is one step for all threads
            delete_verified([task for task in tasks if task.verified is not None])

    def _carry(self, task: Task) -> None:
        """Copy and verify one key."""
        forwarder = self._forwarder
        started = forwarder.clock()
        try:
            forwarder.rest.check(task.route)
            if self._remaining() <= forwarder.margin:
                raise DeliveryError("unsettled", "the run had no more time; it is tried again later, nothing to do")
            if task.delivery is None:
                task.delivery = forwarder.delivery(task.route, task.key)
            task.carried(task.delivery.carry())
        except PostponedError:
            task.postponed = True
        except HandOnError:
            task.outcome = HANDED_ON
        except Exception as error:
            # Whatever it is, the other objects of the batch must not suffer.
            task.failure = as_failure(error)
            forwarder.rest.note(task.route, task.failure)
        task.seconds += forwarder.clock() - started

    def _deliver_large(self, task: Task) -> None:
        task.postponed = False
        if task.delivery is not None:
            task.delivery.copy_parts = self._forwarder.large(self._remaining).copy
        self._deliver([task])
        if task.outcome == HANDED_ON:
            body = announce(self._forwarder.routes.export_bucket, task.key, Reason.HANDED_ON)
            try:
                self._forwarder.queue.send(body)
            except RequestError as failure:
                task.outcome, task.failure = None, failure

    def _sweep(self, message: Message) -> None:
        try:
            self._forwarder.sweep(self._remaining).run(self._turns[message.id], message.sent_at)
        except Exception as error:
            self._fail(message, as_failure(error))


def _by_dataset(tasks: Iterable[Task]) -> dict[str, list[Task]]:
    found: dict[str, list[Task]] = {}
    for task in tasks:
        found.setdefault(task.route.dataset, []).append(task)
    return found
