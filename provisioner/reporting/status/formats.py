"""How the deliveries stand, in every format, and in one sentence."""

from collections.abc import Callable
from typing import Final

from provisioner.operations.status import Status
from provisioner.reporting.status.document import as_json
from provisioner.reporting.status.text import as_text
from provisioner.reporting.terminal import Style


def tally(status: Status) -> str:
    """The result in one sentence."""
    count = len(status.datasets)
    pending = sum(one.backlog.files for one in status.datasets if one.backlog)
    dead = sum(one.dead_count for one in status.datasets) + sum(held.count for held in status.unknown)
    overdue = sum(one.overdue for one in status.datasets)
    parts = [f"{count:,} push dataset{'s' * (count != 1)}", f"{pending:,} file{'s' * (pending != 1)} pending"]
    if dead:
        parts.append(f"{dead:,} dead: mend what keeps them, then `provisioner redrive`")
    if overdue:
        parts.append(f"{overdue:,} dataset{'s' * (overdue != 1)} overdue")
    if status.refused:
        missing = len(status.refused)
        parts.append(f"{missing:,} kind{'s' * (missing != 1)} of question not answered")
    return "; ".join(parts)


FORMATS: Final[dict[str, Callable[[Status, Style], str]]] = {"text": as_text, "json": as_json}
