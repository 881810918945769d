"""How full AWS's limits are, for programs."""

from collections.abc import Sequence
from typing import Any, Final

from provisioner.access.occupancy import Occupancy
from provisioner.reporting.json_text import json_text
from provisioner.reporting.limits.text import sentences
from provisioner.reporting.terminal import Style

JSON_VERSION: Final = 1
"""Raised when a field of the JSON changes its meaning or goes."""


def as_json(found: Sequence[Occupancy], _style: Style) -> str:
    """An object with every limit; null is what AWS does not raise, or what more datasets do not fill."""
    held = {"version": JSON_VERSION, "limits": [_limit(one) for one in found], "summary": [*sentences(found)]}
    return json_text(held) + "\n"


def _limit(one: Occupancy) -> dict[str, Any]:
    return {
        "limit": one.limit.kind,
        "what": one.limit.what,
        "unit": one.limit.unit,
        "most": one.limit.most,
        "raised": one.limit.raised,
        "source": one.limit.source,
        "measured": one.measured,
        "fullest": [{"whose": use.whose, "used": use.used} for use in one.fullest],
        "over": one.over,
        "ends_at": one.ends_at,
        "ends_raised": one.ends_raised,
    }
