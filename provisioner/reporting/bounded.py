"""Markdown that never outgrows its place: what does not fit is counted, and it is said where it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

_ROOM_FOR_REST: Final = 400
"""Bytes kept free for each section to say how much of it is left out."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a document: items that are shown whole or not at all, the most important first."""

    title: str
    opening: str = ""
    """Lines before the items, such as the head of a table."""
    items: Sequence[str]
    closing: str = ""


def fit(head: str, sections: Sequence[Section], limit: int, rest: Callable[[int], str]) -> str:
    """The head and as much of the sections as fits, those in front first.

    Args:
        head: always there, in full.
        sections: what follows; empty ones are left out.
        limit: bytes of UTF-8 that the whole may have at most.
        rest: gives the line that says how many items are left out and where they are, in at most 300 bytes.
    """
    shown = [section for section in sections if section.items]
    frames = sum(_size(_framed(section, [])) + _ROOM_FOR_REST for section in shown)
    room = limit - _size(head) - frames
    parts = [head]
    for section in shown:
        taken: list[str] = []
        for item in section.items:
            room -= _size(item) + 1
            if room < 0:
                room += _size(item) + 1
                break
            taken.append(item)
        left = len(section.items) - len(taken)
        parts.append(_framed(section, taken) + (f"\n{rest(left)}\n" if left else ""))
    return "".join(parts)


def _framed(section: Section, items: Sequence[str]) -> str:
    title = f"\n{section.title}\n" if section.title else ""
    opening = f"{section.opening}\n" if section.opening and items else ""
    closing = f"{section.closing}\n" if section.closing and items else ""
    body = "".join(f"{item}\n" for item in items)
    return f"{title}\n{opening}{body}{closing}" if items or not title else title


def _size(text: str) -> int:
    return len(text.encode())
