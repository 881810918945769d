"""Many grants in few managed policies, so that a dataset that comes or goes changes one of them."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from provisioner.access.grants import Grant
from provisioner.access.policies import Document, identity_statements
from provisioner.datasets.keys import Kind
from provisioner.settings import Settings

_TERM_BITS: Final = 5
"""Bits of its kind and its last day that come before those of a dataset's name; all 0 where it has no last day.

What is allowed until the same day shares statements, so those datasets had better be together. Without these bits 400
datasets of 21 last days fill 30 policies, with them 16, and with more of them no fewer.
"""


class Held(NamedTuple):
    """A dataset as somebody has it: all that decides in which of their policies it is."""

    kind: Kind
    name: str
    until: datetime.date | None


class Packed(NamedTuple):
    """One managed policy of somebody, and what it gives."""

    number: int
    """Its own among their policies, from 1. It stays when other datasets come and go, so there may be gaps."""
    grants: Sequence[Grant]
    document: Document


def pack(grants: Iterable[Grant], capacity: int, settings: Settings) -> list[Packed]:
    """The grants of one principal, shared out over policies of at most `capacity` characters each, by number.

    A dataset's grants stay together. Which policy holds a dataset follows from digests of its last day and its name,
    as in an extendible hash table: all are in the first policy until it would be too long; then those whose next bit is
    1 move to a policy of their own, and the others stay. So the policies depend on the datasets alone, not on the order
    in which they came, and one that is added or removed changes one policy, or splits one or joins two.
    """
    given: dict[Held, list[Grant]] = {}
    for grant in grants:
        given.setdefault(Held(grant.kind, grant.dataset, grant.until), []).append(grant)
    made: dict[int, Packed] = {}

    def fits(number: int, datasets: Sequence[Held]) -> bool:
        together = [grant for dataset in datasets for grant in given[dataset]]
        made[number] = Packed(number, together, Document(tuple(identity_statements(together, settings))))
        return len(made[number].document.text) <= capacity

    return [made[number] for number in sorted(shared_out(sorted(given), fits))]


def shared_out(datasets: Iterable[Held], fits: Callable[[int, Sequence[Held]], bool]) -> Iterator[int]:
    """The numbers of the shares into which datasets are split by their bits until each share fits.

    A share that is reached by the bits b0, b1, … has the number 1 + b0 + 2·b1 + …: the half whose next bit is 0 keeps
    the number of the whole, and no other share has that of the other half. One dataset alone is not split.

    Args:
        datasets: as somebody has them.
        fits: whether datasets may stay together as the share of this number; the last answer for a number counts.
    """
    waiting = [(0, 1, [*datasets])]
    while waiting:
        depth, number, together = waiting.pop()
        if fits(number, together) or len(together) == 1:
            yield number
            continue
        halves: tuple[list[Held], list[Held]] = ([], [])
        for dataset in together:
            halves[_bits(dataset) >> depth & 1].append(dataset)
        for bit, half in enumerate(halves):
            if half:
                waiting.append((depth + 1, number + (bit << depth), half))


def _bits(dataset: Held) -> int:
    """The bits that say in which policy a dataset is; the lowest are asked first."""
    term = _digest(f"{dataset.kind}/{dataset.until}") % (1 << _TERM_BITS) if dataset.until else 0
    return _digest(f"{dataset.kind}/{dataset.name}") << _TERM_BITS | term


def _digest(text: str) -> int:
    import hashlib  # brings OpenSSL, which nobody need wait for before a policy is split

    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "little")
