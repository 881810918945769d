"""Rows of cells, in columns that fit a width."""

from collections.abc import Collection, Sequence
from typing import Final

from provisioner.reading.printable import shortened

_GAP: Final = "  "
_NARROWEST: Final = 16
"""What a column of names keeps, however narrow the terminal."""


def aligned(rows: Sequence[Sequence[str]], width: int, *, names: Sequence[int], right: Collection[int]) -> list[str]:
    """A line for each row.

    Args:
        rows: cells of one line each, as many in each row.
        width: characters of a line at most.
        names: the columns that give way where there is no room; long names lose their middle.
        right: the columns whose cells end below each other, as numbers do.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    widest = max(names, key=widths.__getitem__)
    while sum(widths) + len(_GAP) * (len(widths) - 1) > width and widths[widest] > _NARROWEST:
        widths[widest] -= 1
        widest = max(names, key=widths.__getitem__)
    return [
        _GAP.join(
            text.rjust(room) if at in right else text.ljust(room)
            for at, (text, room) in enumerate(zip(map(shortened, row, widths), widths, strict=True))
        ).rstrip()
        for row in rows
    ]
