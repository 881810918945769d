"""What one correction is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One function of MiniStack replaced by what AWS does."""

    module: str
    function: str
    difference: str
    documentation: str
    correct: Callable[[Any], Any]
    """Takes the original function, returns the one to use in its place."""
