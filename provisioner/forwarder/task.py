"""One key of a batch, and how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .delivery import Delivery, Outcome
from .failure import DeliveryError, as_failure
from .message import Message
from .routes import Route
from .snapshot import Snapshot

HANDED_ON = "handed_on"
"""The outcome of a large object that the next run goes on with."""


@dataclass(kw_only=True, eq=False)
class Task:
    """One key to deliver, for all the messages of the batch that announce it."""

    key: str
    route: Route
    messages: list[Message] = field(default_factory=list)
    may_be_noted: bool = False
    """Whether the journal may speak of it: it was tried before, or we announced it ourselves."""
    delivery: Delivery | None = None
    seconds: float = 0.0
    verified: Snapshot | None = None
    """What has been copied and verified, and is to be deleted."""
    outcome: str | None = None
    failure: DeliveryError | None = None
    postponed: bool = False
    """It is large, and waits until all that is small is done."""

    @property
    def unfinished(self) -> bool:
        """Whether there is more to do at once."""
        return self.outcome is None and self.failure is None and not self.postponed

    def carried(self, step: Outcome | Snapshot) -> None:
        """Take what `Delivery.carry` gave."""
        if isinstance(step, Snapshot):
            self.verified = step
        else:
            self.outcome = step

    def deleted(self, outcome: Outcome | None) -> None:
        """Take what `Delivery.deleted` gave."""
        self.verified = None
        self.outcome = outcome

    def failed(self, failure: DeliveryError) -> None:
        """It could not be deleted."""
        self.verified = None
        self.failure = failure


def delete_verified(tasks: Sequence[Task]) -> None:
    """Delete what was copied and verified of one dataset, all at once."""
    found = [(task, task.delivery, task.verified) for task in tasks if task.delivery and task.verified]
    if not found:
        return
    try:
        deletions = found[0][1].transfer.delete_sources({task.key: verified for task, _, verified in found})
    except Exception as error:
        for task in tasks:
            task.failed(as_failure(error))
        return
    for task, delivery, _ in found:
        try:
            task.deleted(delivery.deleted(deletions[task.key]))
        except Exception as error:
            task.failed(as_failure(error))
