"""Many grants in few managed policies, so that a dataset that comes or goes changes one of them."""

import hashlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from provisioner.access.grants import Grant
from provisioner.access.policies import Document, identity_statements
from provisioner.datasets.keys import Kind
from provisioner.settings import Settings

_Key = TypeVar("_Key", bound=Hashable)


class Packed(NamedTuple):
    """One managed policy of somebody, and what it gives."""

    number: int
    """Its own among their policies, from 1. It stays when other datasets come and go, so there may be gaps."""
    grants: Sequence[Grant]
    document: Document


def pack(grants: Iterable[Grant], capacity: int, settings: Settings) -> list[Packed]:
    """The grants of one principal, shared out over policies of at most `capacity` characters each, by number.

    A dataset's grants stay together. Which policy holds a dataset follows from a digest of its name, as in an
    extendible hash table: all are in the first policy until it would be too long; then those whose next bit is 1 move
    to a policy of their own, and the others stay. So the policies depend on the datasets alone, not on the order in
    which they came, and one that is added or removed changes one policy, or splits one or joins two.
    """
    held: dict[tuple[Kind, str], list[Grant]] = {}
    for grant in grants:
        held.setdefault((grant.kind, grant.dataset), []).append(grant)
    made: dict[int, Packed] = {}

    def fits(number: int, datasets: Sequence[tuple[Kind, str]]) -> bool:
        given = [grant for dataset in datasets for grant in held[dataset]]
        made[number] = Packed(number, given, Document(tuple(identity_statements(given, settings))))
        return len(made[number].document.text) <= capacity

    shares = sorted(shared_out({dataset: bits_of(*dataset) for dataset in sorted(held)}, fits))
    return [made[number] for number in shares]


def bits_of(kind: Kind, name: str) -> int:
    """The bits that say in which policy a dataset is; the lowest are asked first."""
    return int.from_bytes(hashlib.sha256(f"{kind}/{name}".encode()).digest(), "little")


def shared_out(bits: Mapping[_Key, int], fits: Callable[[int, Sequence[_Key]], bool]) -> Iterator[int]:
    """The numbers of the shares into which some things are split by their bits until each fits, or is one thing.

    A share that is reached by the bits b0, b1, … has the number 1 + b0 + 2·b1 + …: the half whose next bit is 0 keeps
    the number of the whole, and no other share has that of the other half.

    Args:
        bits: the bits of each thing.
        fits: whether things may stay together as the share of this number; the last answer for a number counts.
    """
    waiting = [(0, 1, [*bits])]
    while waiting:
        depth, number, things = waiting.pop()
        if fits(number, things) or len(things) == 1:
            yield number
            continue
        halves: tuple[list[_Key], list[_Key]] = ([], [])
        for thing in things:
            halves[bits[thing] >> depth & 1].append(thing)
        for bit, half in enumerate(halves):
            if half:
                waiting.append((depth + 1, number + (bit << depth), half))
