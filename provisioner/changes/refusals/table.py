"""Every rule that can refuse. A new rule goes here."""

from collections.abc import Callable, Iterator
from typing import Final

from provisioner.changes.context import Context
from provisioner.changes.refusals.buckets import buckets
from provisioner.changes.refusals.deletions import active, unread
from provisioner.changes.refusals.names import names
from provisioner.changes.refusals.refusal import RefusalFound
from provisioner.changes.refusals.removals import removals

RULES: Final[tuple[Callable[[Context], Iterator[RefusalFound]], ...]] = (active, unread, names, buckets, removals)


def find_refusals(context: Context) -> tuple[RefusalFound, ...]:
    """Every refusal, sorted by kind and place."""
    found = [refusal for rule in RULES for refusal in rule(context)]
    return tuple(sorted(found, key=lambda refusal: refusal.order))
