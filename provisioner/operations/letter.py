"""A dead letter: a message that the forwarder could not work off, with the cause that it wrote beside it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus

from provisioner.operations.cause import CRASH, Cause, Failed
from provisioner.operations.queues import Queues

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

MAX_LETTERS: Final = 10_000
"""Dead letters that are looked at in one go: more than anybody reads, and far fewer than SQS hides at once."""
_MILLISECONDS: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message of the dead-letter queue."""

    id: str
    dataset: str | None
    """The dataset that it names, whether there is one or not; None if it names none."""
    failed: Failed


def look(queues: Queues, put_back: Callable[[list[str]], object]) -> list[Letter]:
    """What lies in the dead-letter queue, `MAX_LETTERS` of it at most; it is put back whatever happens.

    Args:
        queues: the queues.
        put_back: puts messages back by their receipt handles.
    """
    handles: list[str] = []
    letters = []
    try:
        for message in islice(chain.from_iterable(queues.receive()), MAX_LETTERS):
            handles.append(message["ReceiptHandle"])
            letters.append(letter_of(message))
    finally:
        put_back(handles)
    return letters


def letter_of(message: "MessageTypeDef") -> Letter:
    """What a message says of itself.

    What SQS moved has nothing beside it, and so names its dataset by its body alone.
    """
    held = {name: value.get("StringValue", "") for name, value in message.get("MessageAttributes", {}).items()}
    system = message.get("Attributes", {})
    key = held.get("key") or _key_of(message.get("Body", ""))
    sent = datetime.fromtimestamp(int(system.get("SentTimestamp", "0")) / _MILLISECONDS, UTC)
    return Letter(
        id=message["MessageId"],
        dataset=held.get("dataset") or (key.partition("/")[0] if key and "/" in key else None),
        failed=Failed(key=key, cause=_cause(held), since=_first(held) or sent, tries=_whole(held.get("tries")) or 0),
    )


def _cause(held: Mapping[str, str]) -> Cause:
    if not held.get("cause"):
        return CRASH
    return Cause(
        outcome=held["cause"],
        code=held.get("code") or None,
        operation=held.get("operation") or None,
        resource=held.get("resource") or None,
        advice=held.get("advice") or None,
    )


def _first(held: Mapping[str, str]) -> datetime | None:
    seconds = _whole(held.get("first"))
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _key_of(body: str) -> str | None:
    """The key of the object that a notification is about; None of anything else, which may be anything at all."""
    try:
        held: Any = json.loads(body)
        key = held["Records"][0]["s3"]["object"]["key"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return unquote_plus(key) if isinstance(key, str) else None
