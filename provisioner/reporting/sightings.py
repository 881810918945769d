"""What the tour saw, as a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from provisioner.reporting.columns import aligned
from provisioner.reporting.terminal import Style


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One thing that was tried, and what came of it."""

    what: str
    who: str
    where: str
    seconds: float
    failure: str | None = None
    """Why it is not as it should be; None if it is."""


_HEADINGS: Final = ("what", "who", "where", "seconds")
_MARK: Final = 8
"""Characters before each line, which say how it went."""


def as_table(sightings: Iterable[Sighting], width: int, style: Style) -> str:
    """A line for each, columns aligned, and under what failed its cause.

    Args:
        sightings: what was seen.
        width: columns to fill at most; long names lose their middle.
        style: of the terminal.
    """
    seen = list(sightings)
    whole = [(one.what, one.who, one.where, f"{one.seconds:.1f}") for one in seen]
    head, *lines_of = aligned([_HEADINGS, *whole], width - _MARK, names=(1, 2), right={3})
    lines = [style.bold(" " * _MARK + head)]
    for sighting, line in zip(seen, lines_of, strict=True):
        mark = style.bad("FAILED  ") if sighting.failure else style.good("ok      ")
        lines.append(mark + line)
        if sighting.failure:
            lines += [style.bad(f"          {line}") for line in sighting.failure.splitlines()]
    return "\n".join(lines) + "\n"
