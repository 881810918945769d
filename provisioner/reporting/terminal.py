"""Bold, dim and colour, where somebody watches who wants them."""

import os
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True)
class Style:
    """Dresses texts for a terminal, or leaves them as they are."""

    coloured: bool

    def bold(self, text: str) -> str:
        """What to look at first."""
        return self._dress(text, "1")

    def dim(self, text: str) -> str:
        """What to look at last."""
        return self._dress(text, "2")

    def good(self, text: str) -> str:
        """What went well."""
        return self._dress(text, "32")

    def bad(self, text: str) -> str:
        """What did not."""
        return self._dress(text, "31")

    def _dress(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.coloured else text


def style_of(stream: TextIO) -> Style:
    """The style that fits a stream: none in a file or pipe, on a dumb terminal, or where NO_COLOR is set."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Style(coloured=wanted and stream.isatty())
