"""Words of ours with names of theirs in them, kept apart so that no name can be taken for words."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from provisioner.reading.printable import printable, shortened

_STRONG: Final = re.compile(r"\*\*(.+?)\*\*")
_LONGEST_NAME: Final = 160
"""Characters of a name that are shown: an ARN of a role with a short path."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is to be said: `words` of our own, with a `{}` for each of the `names` that somebody else wrote.

    In the words, `**` stands around what matters most.
    """

    words: str
    names: tuple[str, ...] = ()

    def dressed(self, name: Callable[[str], str], strong: Callable[[str], str]) -> str:
        """The sentence with each name, printable and not too long, and each strong word as a medium shows it."""
        words = _STRONG.sub(lambda found: strong(found[1]), self.words)
        return words.format(*(name(shortened(printable(text), _LONGEST_NAME)) for text in self.names))

    def __str__(self) -> str:
        """The sentence as plain text, with the names in quotes."""
        return self.dressed(lambda name: f"'{name}'", str)


def sentence(words: str, *names: object) -> Sentence:
    """A sentence; the names may be of any type that `str` knows."""
    return Sentence(words, tuple(map(str, names)))
