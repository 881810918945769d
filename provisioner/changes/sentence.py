"""Words of ours with names of theirs in them, kept apart so that no name can be taken for words."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from provisioner.reading.printable import printable, shortened

_STRONG: Final = re.compile(r"\*\*(.+?)\*\*")
_LONGEST_NAME: Final = 160
"""Characters of a name that are shown: an ARN of a role with a short path."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is to be said: `words` of our own, with a slot for each of the `names` that somebody else wrote.

    A slot is `{}`, or `{:plain}` where the name reads better as a part of the sentence. In the words, `**` stands
    around what matters most.
    """

    words: str
    names: tuple[str, ...] = ()

    def dressed(
        self, name: Callable[[str], str], strong: Callable[[str], str], plain: Callable[[str], str] | None = None
    ) -> str:
        """The sentence with each name, printable and not too long, and each strong word as a medium shows it.

        Args:
            name: shows a name.
            strong: shows a strong word.
            plain: shows a name of a `{:plain}` slot; without it, that is shown as any other.
        """
        words = _STRONG.sub(lambda found: strong(found[1]), self.words)
        names = (shortened(printable(text), _LONGEST_NAME) for text in self.names)
        return words.format(*(_Slot(name(text), (plain or name)(text)) for text in names))

    @property
    def plain(self) -> str:
        """The sentence as plain text, with the names as they are."""
        return self.dressed(str, str)

    def __str__(self) -> str:
        """The sentence as plain text, with the names in quotes."""
        return self.dressed(lambda name: f"'{name}'", str)


class _Slot(NamedTuple):
    """A name, shown as `str.format` asks for it by what stands in its slot."""

    name: str
    plain: str

    def __format__(self, asked: str) -> str:
        return self.plain if asked == "plain" else self.name


def sentence(words: str, *names: object) -> Sentence:
    """A sentence; the names may be of any type that `str` knows."""
    return Sentence(words, tuple(map(str, names)))
