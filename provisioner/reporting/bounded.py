"""Markdown that never outgrows its place: what does not fit is counted, and it is said where it is."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from provisioner.reporting.markdown import code

_T = TypeVar("_T")


class Items(Protocol):
    """The items of a section: how many there are is known before any of them is made."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[str]: ...


@dataclass(frozen=True, kw_only=True)
class Shown(Generic[_T]):
    """Items that are made as they are asked for: of a large plan, most are only counted."""

    things: Collection[_T]
    show: Callable[[_T], str]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.things)

    def __iter__(self) -> Iterator[str]:
        """Each thing, shown."""
        return map(self.show, self.things)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a document: items that are shown whole or not at all, the most important first."""

    title: str = ""
    opening: str = ""
    """Lines before the items, such as the head of a table."""
    items: Items
    codes: Sequence[str] = ()
    """The code of each item, by which those that are left out are counted; empty where they have none."""
    closing: str = ""
    """Lines after the items."""
    first: bool = False
    """Whether its items are given their room before those of the sections that stand above it."""


def fit(head: str, sections: Sequence[Section], limit: int, elsewhere: str) -> str:
    """The head and as much of the sections as fits.

    Args:
        head: always there, in full.
        sections: what follows, in this order; those without items are left out.
        limit: bytes of UTF-8 that the whole may have at most. Head, titles and counts must fit.
        elsewhere: a sentence that says where what is left out can be found.
    """
    shown = [section for section in sections if len(section.items)]
    frames = [_framed(section, [], elsewhere) for section in shown]
    room = limit - sum(map(_size, (head, *frames)))
    taken: list[list[str]] = [[] for _ in shown]
    for at in sorted(range(len(shown)), key=lambda at: not shown[at].first):
        for item in shown[at].items:
            needed = _size(item) + 1
            if needed > room:
                break
            room -= needed
            taken[at].append(item)
    return "".join([head, *(_framed(section, items, elsewhere) for section, items in zip(shown, taken, strict=True))])


def _framed(section: Section, taken: Sequence[str], elsewhere: str) -> str:
    """A section with its first items. The fewer are taken, the more there is to say of the others."""
    lines = ["", section.title, ""] if section.title else [""]
    lines += [section.opening] if section.opening else []
    lines += taken
    if len(taken) < len(section.items):
        lines += ["", f"*{_left_out(section, len(taken))}. {elsewhere}*"]
    lines += [section.closing] if section.closing else []
    return "".join(f"{line}\n" for line in lines)


def _left_out(section: Section, taken: int) -> str:
    """Such as `12 are left out here: 9 of account-unknown, 3 of target-shared`."""
    left = len(section.items) - taken
    said = f"{left:,} {'is' if left == 1 else 'are'} left out here"
    counts = Counter(section.codes[taken:])
    return f"{said}: {', '.join(f'{count:,} of {code(name)}' for name, count in counts.items())}" if counts else said


def _size(text: str) -> int:
    return len(text.encode())
