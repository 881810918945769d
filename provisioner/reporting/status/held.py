"""What is held back, by its causes: the lines that say why, since when, and what to do."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from provisioner.operations.cause import Cause, Held
from provisioner.reading.printable import printable
from provisioner.reporting.amounts import age
from provisioner.reporting.terminal import Style


def held_lines(who: str, held: Iterable[Held], now: datetime, style: Style, state: str = "dead") -> Iterator[str]:
    """Two lines for each cause: how many of whom, and why; and what to do."""
    for one in held:
        since = style.dim(f"[oldest {age(now - one.oldest)}]")
        yield f"{style.bold(f'{who}:')} {one.count:,} {style.bad(state)}, {why(one.cause)} {since}"
        if one.cause.advice:
            yield f"    {printable(one.cause.advice)}"


def why(cause: Cause) -> str:
    """A cause in a few words, such as `refused: AccessDenied at CopyObject on target-bucket`."""
    said = printable(cause.outcome)
    if cause.code:
        said += f": {printable(cause.code)}"
    if cause.operation:
        said += f" at {printable(cause.operation)}"
    if cause.resource:
        said += f" on {printable(cause.resource)}"
    return said


def held_objects(held: Iterable[Held]) -> list[dict[str, Any]]:
    """The same for JSON."""
    return [
        {
            "count": one.count,
            "oldest": moment(one.oldest),
            "cause": one.cause.outcome,
            "code": one.cause.code,
            "operation": one.cause.operation,
            "resource": one.cause.resource,
            "advice": one.cause.advice,
        }
        for one in held
    ]


def moment(at: datetime | None) -> str | None:
    """A time for JSON: ISO 8601 in UTC, whole seconds."""
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
