"""What changes stack where the number of stacks does, as Pulumi's state names it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final, NamedTuple

from provisioner.access.grants import Principal, PrincipalKind
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.settings import PROJECT
from provisioner.stacks.inventory import Share

_COMPONENT: Final = "provisioner:resources:"


class Move(NamedTuple):
    """Components that go from one stack to another, with everything that belongs to them."""

    source: str
    target: str
    urns: tuple[str, ...]


def moves(before: Iterable[Share], after: Iterable[Share]) -> list[Move]:
    """What goes where, from one way to share out a catalogue to another; sorted by stacks."""
    old, new = _stacks(before), _stacks(after)
    moved = sorted((old[name], new[name], name) for name in old if old[name] != new[name])
    return [
        Move(source, target, tuple(f"urn:pulumi:{source}::{PROJECT}::{_COMPONENT}{name}" for _, _, name in group))
        for (source, target), group in groupby(moved, key=lambda one: one[:2])
    ]


def _stacks(shares: Iterable[Share]) -> Mapping[str, str]:
    """The stack of each component, by the component's type and name."""
    return {name: share.stack.name for share in shares for name in _components(share)}


def _components(share: Share) -> Iterator[str]:
    yield from (f"DeliveryRole::push-{dataset.name}" for dataset in share.push)
    yield from (f"PullBucket::pull-{dataset.name}" for dataset in share.pull)
    datasets: tuple[PushDataset | PullDataset, ...] = (*share.push, *share.pull)
    yield from (f"ScheduledExport::exporter-{dataset.kind}-{dataset.name}" for dataset in datasets if dataset.scheduled)
    for person in share.people:
        yield from _components_of(person)


def _components_of(person: Principal) -> Iterator[str]:
    if person.kind is PrincipalKind.WORKLOAD:
        yield f"ReaderRole::{person.name}"
    yield f"UserAccess::{'role' if person.is_role else 'user'}-{person.name}"
