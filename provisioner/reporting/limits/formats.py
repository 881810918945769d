"""How full AWS's limits are, in every format, and in one sentence."""

from collections.abc import Callable, Sequence
from typing import Final

from provisioner.access.occupancy import Occupancy
from provisioner.reporting.limits.document import as_json
from provisioner.reporting.limits.text import as_text
from provisioner.reporting.terminal import Style


def tally(found: Sequence[Occupancy]) -> str:
    """The result in one sentence."""
    over = sum(one.over for one in found)
    return f"{over:,} of {len(found):,} limits exceeded" if over else f"{len(found):,} limits, none exceeded"


FORMATS: Final[dict[str, Callable[[Sequence[Occupancy], Style], str]]] = {"text": as_text, "json": as_json}
