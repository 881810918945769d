"""What the tour saw, as a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from provisioner.reading.printable import shortened
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
_NARROWEST: Final = 16
"""What the columns who and where keep, however narrow the terminal."""


def as_table(sightings: Iterable[Sighting], width: int, style: Style) -> str:
    """A line for each, columns aligned, and under what failed its cause.

    Args:
        sightings: what was seen.
        width: columns to fill at most; long names lose their middle.
        style: of the terminal.
    """
    seen = list(sightings)
    whole = [(one.what, one.who, one.where, f"{one.seconds:.1f}") for one in seen]
    widths = [max(len(cells[column]) for cells in (_HEADINGS, *whole)) for column in range(4)]
    widest = max((1, 2), key=widths.__getitem__)
    while 8 + sum(widths) + 2 * 3 > width and widths[widest] > _NARROWEST:
        widths[widest] -= 1
        widest = max((1, 2), key=widths.__getitem__)
    lines = [style.bold(" " * 8 + _aligned(_HEADINGS, widths))]
    for sighting, cells in zip(seen, whole, strict=True):
        mark = style.bad("FAILED  ") if sighting.failure else style.good("ok      ")
        lines.append(mark + _aligned(cells, widths))
        if sighting.failure:
            lines += [style.bad(f"          {line}") for line in sighting.failure.splitlines()]
    return "\n".join(lines) + "\n"


def _aligned(cells: tuple[str, ...], widths: list[int]) -> str:
    *texts, number = (shortened(cell, width) for cell, width in zip(cells, widths, strict=True))
    columns = [text.ljust(width) for text, width in zip(texts, widths, strict=False)]
    return "  ".join([*columns, number.rjust(widths[-1])])
