"""The screens of a guide: what is typed, and what is then to be seen."""

import re
from collections.abc import Iterator
from typing import Final

BLOCK: Final = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
"""A block of a page: its language, the file it shows, and its text."""
ANYTHING: Final = "…"
"""Stands in a screen for what differs from run to run."""


def typed(screen: str) -> Iterator[tuple[str, str]]:
    """Each command of a screen, and what the screen shows below it."""
    yield from re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", screen, re.MULTILINE)


def like(shown: str, said: str) -> bool:
    """Whether it is what the screen shows, which leaves out what differs from run to run."""
    pattern = ".*".join(map(re.escape, shown.split(ANYTHING)))
    return re.fullmatch(pattern, said, re.DOTALL) is not None
