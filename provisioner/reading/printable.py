"""Text as it can be shown: what a file holds must not steer the terminal or the page that shows it."""

import re
from collections.abc import Sequence
from typing import Final

# Control characters (with the terminal's escape sequences and every line break), marks that turn the direction of
# writing (Unicode Standard Annex 9), and characters without width that make two unlike texts look alike. To Python, as
# to the Unicode Standard, none of them is printable, and nearly every text is: that is asked first.
_UNFIT: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff]"
)
# GitHub's runner takes `##[error]` and its like for a command wherever in a line of a step's output it stands
# (actions/runner, src/Runner.Common/ActionCommand.cs, `TryParse`). The second `#` is escaped, and it is one no more.
_COMMAND: Final = re.compile(r"##(?=\[)")
_MOST: Final = 80


def unfit_character(text: str) -> str | None:
    """The first character of `text` that no value may hold and no message shows as it is."""
    found = _UNFIT.search(text)
    return found.group() if found else None


def printable(text: str) -> str:
    r"""The text with each unfit character escaped, a line break as `\n`, and `##[` as `#\x23[`."""
    if not text.isprintable():
        text = _UNFIT.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)
    return without_command(text)


def without_command(text: str) -> str:
    r"""The text with `##[` as `#\x23[`, so that no line of it is a command of GitHub's runner."""
    return _COMMAND.sub(r"#\\x23", text) if "##" in text else text


def shown(text: str) -> str:
    """A text from a file, fit for one line of an error message: printable, and cut where it is long."""
    line = printable(text[: _MOST + 1])
    return line if len(line) <= _MOST else f"{line[: _MOST - 3]}…"


def shortened(text: str, width: int) -> str:
    """The text in at most `width` characters, its middle left out where it is longer: names differ at their ends."""
    if len(text) <= width:
        return text
    head = (width - 1) // 2
    return f"{text[:head]}…{text[len(text) - (width - 1 - head) :]}"


def listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
