"""Why files were not delivered: causes, and how many files each keeps back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

CRASHED: Final = "crashed"
"""The cause of a message that SQS itself moved: the forwarder received it again and again, and never said anything."""
CRASH_ADVICE: Final = "read the forwarder's log for what ended it, and redrive once that is mended"


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What kept a file back, as the forwarder says it; what it did not say is None."""

    outcome: str
    code: str | None = None
    """The error of AWS."""
    operation: str | None = None
    """What AWS was asked."""
    resource: str | None = None
    """What it was asked of."""
    advice: str | None = None
    """What to do, in one sentence."""


CRASH: Final = Cause(outcome=CRASHED, advice=CRASH_ADVICE)


@dataclass(frozen=True, kw_only=True)
class Failed:
    """One thing that was not delivered: a message, or a key of which the journal knows."""

    key: str | None
    """The file; None where a message names none."""
    cause: Cause
    since: datetime
    """When it was first tried."""
    tries: int


@dataclass(frozen=True, kw_only=True)
class Held:
    """How many one cause keeps back."""

    cause: Cause
    count: int
    oldest: datetime
    """Since when the oldest of them is."""


def by_cause(failed: Iterable[Failed]) -> tuple[Held, ...]:
    """What each cause keeps back, the most first; a key counts once, by what was said of it first."""
    counts: dict[Cause, int] = {}
    oldest: dict[Cause, datetime] = {}
    seen: set[str] = set()
    for one in failed:
        if one.key is not None:
            if one.key in seen:
                continue
            seen.add(one.key)
        counts[one.cause] = counts.get(one.cause, 0) + 1
        oldest[one.cause] = min(oldest.get(one.cause, one.since), one.since)
    held = (Held(cause=cause, count=count, oldest=oldest[cause]) for cause, count in counts.items())
    return tuple(sorted(held, key=lambda one: (-one.count, one.oldest)))
