"""How what we write on GitHub is found again: by a hidden mark, and by who wrote it."""

from typing import Final

from .api import Item

AUTHOR: Final = "github-actions[bot]"
"""Whom GitHub names as the author of what a workflow's own token writes."""
MAX_BODY: Final = 65_536
"""Characters of a comment or an issue at most; beyond, GitHub answers 422 "body is too long"."""


def body_of(about: str, text: str, run_url: str) -> str:
    """The text with the mark of what it is about before it, cut where GitHub would refuse it whole.

    That it was cut stands at its beginning: at its end, what was cut open might hide it.
    """
    body = f"{_mark(about)}\n{text}"
    if len(body) <= MAX_BODY:
        return body
    notice = f"> This is too long for GitHub and is cut at its end. [The run has all of it.]({run_url})"
    head = f"{_mark(about)}\n{notice}\n\n"
    cut = text[: MAX_BODY - len(head)]
    return head + (cut.rpartition("\n")[0] or cut)


def is_ours(item: Item, about: str) -> bool:
    """Whether a comment or issue is the one about this: anybody may write the mark, but not as the workflow."""
    author = (item.get("user") or {}).get("login")
    return author == AUTHOR and str(item.get("body") or "").startswith(_mark(about))


def _mark(about: str) -> str:
    return f"<!-- provisioner: {about} -->"
