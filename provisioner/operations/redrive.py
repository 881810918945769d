"""Dead letters go back to the queue. Whatever ends it, and whenever, a letter may be there twice, and is never gone."""

import time
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from provisioner.failure import UnavailableError
from provisioner.live.answers import in_words
from provisioner.live.session import PATIENT, THREADS, OwnSession
from provisioner.operations.cause import Held, by_cause
from provisioner.operations.letter import MAX_LETTERS, Letter, look
from provisioner.operations.queues import HOLD_SECONDS, Queues
from provisioner.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Whose letters are to go back."""

    datasets: frozenset[str]
    unknown: bool
    """Whether those that belong to no dataset are."""

    def takes(self, dataset: str | None) -> bool:
        """Whether it takes a letter of a dataset; None is no dataset."""
        return self.unknown if dataset is None else dataset in self.datasets


@dataclass(frozen=True, kw_only=True)
class Pile:
    """The letters of one dataset that are to go back."""

    dataset: str | None
    """None for those that belong to no dataset."""
    held: tuple[Held, ...]
    """By cause; a file that has two letters counts once."""
    ids: frozenset[str]
    """The messages."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What lies in the dead-letter queue."""

    piles: tuple[Pile, ...]
    """What is to go back."""
    others: int
    """Messages that stay."""
    whole: bool
    """Whether all of the queue was looked at."""

    @property
    def ids(self) -> frozenset[str]:
        """The messages that are to go back."""
        return frozenset[str]().union(*(pile.ids for pile in self.piles))


@dataclass(frozen=True, kw_only=True)
class Redriven:
    """What became of the messages that were to go back."""

    returned: int
    """They are in the queue."""
    twice: int
    """Of these, they are in the dead-letter queue too: AWS did not remove them there."""
    left: int
    """They are in the dead-letter queue alone: AWS did not take them, or somebody else has them in hand."""
    failure: str | None
    """What AWS said, where it ended early."""


NOTHING: Final = Redriven(returned=0, twice=0, left=0, failure=None)
"""There was nothing to give back."""


@dataclass(frozen=True, kw_only=True)
class _Moved:
    handle: str
    sent: bool
    removed: bool = False
    failure: str | None = None


def sort_letters(letters: Iterable[Letter], choice: Choice, known: Collection[str]) -> tuple[tuple[Pile, ...], int]:
    """The letters that a choice takes, by dataset, and how many it does not take.

    Args:
        letters: of the dead-letter queue.
        choice: whose are to go back.
        known: the names of all datasets; a letter of another belongs to none.
    """
    taken: dict[str | None, list[Letter]] = {}
    others = 0
    for letter in letters:
        dataset = letter.dataset if letter.dataset in known else None
        if choice.takes(dataset):
            taken.setdefault(dataset, []).append(letter)
        else:
            others += 1
    piles = (
        Pile(dataset=dataset, held=by_cause(one.failed for one in some), ids=frozenset(one.id for one in some))
        for dataset, some in sorted(taken.items(), key=lambda one: (one[0] is None, one[0] or ""))
    )
    return tuple(piles), others


class Redrive:
    """Looks and acts with the credentials at hand."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is asked yet.

        Raises:
            UnavailableError: the AWS configuration of this machine cannot be used.
        """
        with in_words():
            self._session = OwnSession(settings)
            self._queues = Queues(self._session.boto.client("sqs", config=PATIENT), settings)

    def look(self, choice: Choice, known: Collection[str]) -> Found:
        """What lies in the dead-letter queue, and stays there; see `sort_letters`.

        Raises:
            UnavailableError: AWS does not answer, or not to us, or a queue is not there.
        """
        with in_words():
            self._session.check_account()
            letters = look(self._queues, self._queues.put_back)
        piles, others = sort_letters(letters, choice, known)
        return Found(piles=piles, others=others, whole=len(letters) < MAX_LETTERS)

    def give_back(self, ids: Collection[str]) -> Redriven:
        """Put the messages with these ids into the queue, and take them out of the dead-letter queue.

        What AWS refuses first ends it: nothing is lost, and it can be done again.
        """
        ours = set(ids)
        others: list[str] = []
        moved: list[_Moved] = []
        failure: str | None = None
        deadline = time.monotonic() + HOLD_SECONDS  # then those of others would come again and again
        try:
            with in_words(), ThreadPoolExecutor(THREADS) as pool:
                for messages in self._queues.receive():
                    others += [one["ReceiptHandle"] for one in messages if one["MessageId"] not in ours]
                    moved += pool.map(self._move, [one for one in messages if one["MessageId"] in ours])
                    ours -= {one["MessageId"] for one in messages}
                    failure = next((one.failure for one in moved if one.failure), None)
                    if not ours or failure or time.monotonic() > deadline:
                        break
        except UnavailableError as error:
            failure = str(error)
        failure = self._put_back([*others, *(one.handle for one in moved if not one.removed)]) or failure
        returned = sum(one.sent for one in moved)
        return Redriven(
            returned=returned,
            twice=sum(one.sent and not one.removed for one in moved),
            left=len(ids) - returned,
            failure=failure,
        )

    def _move(self, message: "MessageTypeDef") -> _Moved:
        """Put one message into the queue; only once SQS has it there, take it out of the dead-letter queue."""
        handle, sent = message["ReceiptHandle"], False
        try:
            with in_words():
                self._queues.send(message["Body"])
                sent = True
                self._queues.remove(handle)
        except UnavailableError as error:
            return _Moved(handle=handle, sent=sent, failure=str(error))
        return _Moved(handle=handle, sent=True, removed=True)

    def _put_back(self, handles: list[str]) -> str | None:
        try:
            with in_words():
                self._queues.put_back(handles)
        except UnavailableError as error:
            return str(error)
        return None
