"""The numbers in the keys of a task's files, or of a partition's: how often all of it was exported, and since then."""

from typing import Final

from exporter.ledger.model import Kind, Number

FIRST: Final = Number(1, 1)


def next_number(highest: Number | None, kind: Kind) -> Number:
    """The number after the highest that was used, by the rules of seed 000. An export without rows uses none."""
    if highest is None:
        return FIRST
    if kind == Kind.FULL:
        return Number(highest.base + 1, 1)
    return Number(highest.base, highest.increment + 1)
