"""Patterns in which `*` stands for any characters and `?` for one (IAM User Guide, "IAM JSON policy elements")."""

import re
from functools import lru_cache
from typing import Final

_ARN_PARTS: Final = 6
"""An ARN's parts between colons; the last may hold more colons (IAM User Guide, "IAM identifiers")."""


def matches(pattern: str, text: str) -> bool:
    """Whether the whole of a text is as the pattern says; capitals matter."""
    head, star, rest = pattern.partition("*")
    if rest or "?" in head:
        return _expression(pattern).fullmatch(text) is not None
    # Almost all are of these two forms, and an expression takes far longer to make than to ask.
    return text.startswith(head) if star else text == head


def arn_matches(pattern: str, arn: str) -> bool:
    """Whether an ARN is as the pattern says, each part for itself: only in the last a wildcard reaches over a colon.

    What is no ARN matches nothing.
    """
    wanted, found = pattern.split(":", _ARN_PARTS - 1), arn.split(":", _ARN_PARTS - 1)
    return len(wanted) == len(found) == _ARN_PARTS and all(map(matches, wanted, found))


@lru_cache(maxsize=4_096)
def _expression(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"([*?])", pattern)
    any_of = {"*": ".*", "?": "."}
    return re.compile("".join(any_of.get(part) or re.escape(part) for part in parts), re.DOTALL)
