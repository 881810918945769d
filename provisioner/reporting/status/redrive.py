"""What a redrive found, asks, and came to."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from provisioner.operations.letter import MAX_LETTERS
from provisioner.operations.redrive import Found, Redriven
from provisioner.reporting.json_text import json_text
from provisioner.reporting.status.held import held_lines, held_objects
from provisioner.reporting.terminal import Style

JSON_VERSION: Final = 1
"""Raised when a field of the JSON changes its meaning or goes."""


def found_lines(found: Found, now: datetime, style: Style) -> str:
    """What lies in the dead-letter queue: who, why, since when, and what ought to be mended first."""
    lines = [line for pile in found.piles for line in held_lines(pile.dataset or "no dataset", pile.held, now, style)]
    if not found.whole:
        lines.append(f"there may be more: {MAX_LETTERS:,} are looked at in one go")
    return "".join(f"{line}\n" for line in lines)


def question(found: Found) -> str:
    """What a person is asked before anything happens."""
    return f"Return {_messages(len(found.ids))} of {_whose(found)} to the queue? [y/N] "


def _whose(found: Found) -> str:
    datasets = sum(pile.dataset is not None for pile in found.piles)
    named = [f"{datasets:,} dataset{'s' * (datasets != 1)}"] if datasets else []
    return " and ".join([*named, *(["no dataset"] if len(found.piles) > datasets else [])])


def _messages(count: int) -> str:
    return f"{count:,} message{'s' * (count != 1)}"


def outcome(found: Found, done: Redriven) -> str:
    """What happened, in one sentence, and in another what it means where not all went back."""
    said = f"{done.returned:,} returned"
    if done.left:
        said += f", {done.left:,} not"
    if found.others:
        said += f", {found.others:,} of others left"
    if done.twice:
        said += f"; {done.twice:,} of these stay in the dead-letter queue too, which does no harm"
    if done.failure:
        said += f"\n{done.failure}\nNothing is lost: mend that, and run it again"
    elif done.left:
        said += "\nSomebody else has the rest in hand: run it again in five minutes"
    return said


def as_text(found: Found, done: Redriven) -> str:
    """What happened."""
    return f"{outcome(found, done)}\n"


def as_json(found: Found, done: Redriven) -> str:
    """An object with what was found and what became of it."""
    held = {
        "version": JSON_VERSION,
        "found": [
            {"dataset": pile.dataset, "messages": len(pile.ids), "dead": held_objects(pile.held)}
            for pile in found.piles
        ],
        "others": found.others,
        "all_looked_at": found.whole,
        "returned": done.returned,
        "returned_and_not_removed": done.twice,
        "not_returned": done.left,
        "failure": done.failure,
    }
    return json_text(held) + "\n"


FORMATS: Final[dict[str, Callable[[Found, Redriven], str]]] = {"text": as_text, "json": as_json}
