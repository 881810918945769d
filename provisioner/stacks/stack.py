"""A stack of Pulumi's, and what of the catalogue it has."""

import re
from dataclasses import dataclass
from typing import Self

from provisioner.access.grants import Person
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.stacks.placement import placed


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One stack: the only one; or of several the shared one, or one of the dataset stacks."""

    shared: str
    """The name of the stack that has what there is once, and whose file has the settings of all."""
    number: int = 0
    """Of a dataset stack, from 1; 0 for the shared stack."""
    of: int = 0
    """How many dataset stacks there are; 0 where one stack has everything."""

    @property
    def name(self) -> str:
        """What Pulumi calls it."""
        return f"{self.shared}-{self.number}" if self.number else self.shared

    @property
    def is_shared(self) -> bool:
        """Whether it has what there is once: export bucket, forwarder, identity providers."""
        return self.number == 0

    @property
    def has_datasets(self) -> bool:
        """Whether datasets and people may be its own: those of a shared stack beside others are theirs."""
        return self.of == 0 or self.number > 0

    def has_dataset(self, dataset: PushDataset | PullDataset) -> bool:
        """Whether the bucket or the delivery role of a dataset is its own."""
        return placed(f"{dataset.kind}/{dataset.name}", self.of) == self.number

    def has_person(self, person: Person) -> bool:
        """Whether the policies of a user or reader, and the role of a reader outside AWS, are its own."""
        is_role, name = person
        return placed(f"{'role' if is_role else 'user'}/{name}", self.of) == self.number

    def every(self) -> tuple[Self, ...]:
        """All stacks that belong together, the shared one first: the order in which they are applied."""
        return tuple(type(self)(shared=self.shared, number=number, of=self.of) for number in range(self.of + 1))


def numbered(name: str) -> tuple[str, int] | None:
    """The shared stack and the number that the name of a dataset stack is made of; None for a name without a number."""
    found = re.fullmatch(r"(.+)-([1-9][0-9]{0,3})", name, re.ASCII)
    return (found[1], int(found[2])) if found else None
