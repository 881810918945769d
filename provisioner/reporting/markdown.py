"""Text of others within markdown that GitHub shows: nothing in it is taken for markup, and nobody is notified."""

import html
import re
from typing import Final

from provisioner.changes.sentence import Sentence
from provisioner.reading.printable import printable

# GitHub Docs, "Create a comment on an issue", and "Workflow commands": bytes of a comment, and of a job's summary.
# A comment may have 65,536 characters; bytes are never fewer.
MAX_COMMENT: Final = 65_536
MAX_SUMMARY: Final = 1024 * 1024

_BREAK: Final = "&#8203;"
"""A space without width: GitHub makes no link, no mention and no emoji of what it interrupts."""
_LINKING: Final = re.compile(r"(?i)@|#(?=\w)|\bwww(?=\.)|\bGH(?=-\d)|:(?=[\w+/-])")
_PUNCTUATION: Final = re.compile(r"[!\"#$%&'()*+,./:;<=>?@\[\\\]^_`{|}~-]")
_QUOTED: Final = re.compile(r"(?<!\w)'([^']+)'(?!\w)")
"""What our messages put into quotes; the apostrophe of a genitive opens none."""


def row(*cells: str) -> str:
    """A row of a table. In it a pipe ends a cell, even within code, unless it is escaped."""
    inner = " | ".join(cell.replace("|", r"\|") for cell in cells)
    return f"| {inner} |"


def code(text: str) -> str:
    """The text as inline code."""
    shown = printable(text)
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    # Code that begins or ends in a backtick or in spaces needs a space of the fence's own on both sides.
    edge = " " if not shown.strip() or shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{edge}{shown}{edge}{fence}"


def text(text: str) -> str:
    """The text as plain words."""
    pieces = []
    at = 0
    shown = printable(text)
    for found in _LINKING.finditer(shown):
        pieces += [_escaped(shown[at : found.end()]), _BREAK]
        at = found.end()
    return "".join([*pieces, _escaped(shown[at:])])


def message(words: str) -> str:
    """A message of ours: what it quotes as code, so that it can be copied, and the rest as plain words."""
    parts = _QUOTED.split(words)  # words and what is quoted, in turn
    return "".join(code(part) if at % 2 else text(part) for at, part in enumerate(parts))


def said(sentence: Sentence) -> str:
    """A sentence, its names as code, or as plain words where they are a part of it."""
    return sentence.dressed(code, lambda word: f"**{word}**", text)


def _escaped(text: str) -> str:
    """CommonMark: a backslash takes its meaning from any punctuation of ASCII."""
    escaped = _PUNCTUATION.sub(r"\\\g<0>", text)
    # GitHub Docs, "Writing mathematical expressions": so a dollar sign begins no formula.
    return escaped.replace(r"\$", "<span>$</span>")


def folded(summary: str, inner: str) -> str:
    """Lines that are shown once somebody opens them; `summary` is HTML of ours."""
    return f"<details><summary>{summary}</summary>\n\n{inner}\n\n</details>"


def html_code(text: str) -> str:
    """The text as inline code within HTML, where no markdown is read."""
    return f"<code>{html.escape(printable(text))}</code>"


def code_block(text: str, language: str = "") -> str:
    """Lines of code; `text` may have several."""
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
