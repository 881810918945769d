"""What each of the stacks of a checkout has."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from provisioner.access.grants import Principal, by_identity, grants_of
from provisioner.datasets.model import Catalogue, PullDataset, PushDataset
from provisioner.settings import Settings, settings_file
from provisioner.stacks.stack import Stack


@dataclass(frozen=True, kw_only=True)
class Share:
    """One stack and what of the catalogue is its own."""

    stack: Stack
    push: tuple[PushDataset, ...]
    pull: tuple[PullDataset, ...]
    people: tuple[Principal, ...]
    """Users, readers of our own account and readers outside AWS, whose policies are its own."""
    file: str
    """What Pulumi keeps beside Pulumi.yaml for it; of the shared stack, with the settings of all."""
    missing: bool
    """Whether the file is not there, and Pulumi could not open the stack without."""


def inventory(catalogue: Catalogue, settings: Settings, is_there: Callable[[str], bool]) -> tuple[Share, ...]:
    """The stacks with what each has, in the order in which they are applied.

    Args:
        catalogue: all datasets.
        settings: of the shared stack.
        is_there: whether the checkout has a file of this name. Where the state is in Pulumi Cloud, and the settings
            name no bucket for it, dataset stacks need none.
    """
    people = tuple(by_identity(grants_of(catalogue, settings), settings))
    return tuple(
        _share(stack, catalogue, people, missing=settings.state_bucket is not None and not is_there(file), file=file)
        for stack in Stack(shared=settings.stack, of=settings.dataset_stacks).every()
        for file in (settings_file(stack.name),)
    )


def _share(stack: Stack, catalogue: Catalogue, people: Iterable[Principal], *, missing: bool, file: str) -> Share:
    return Share(
        stack=stack,
        push=tuple(filter(stack.has_dataset, catalogue.push)),
        pull=tuple(filter(stack.has_dataset, catalogue.pull)),
        people=tuple(person for person in people if stack.has_person(person.person)),
        file=file,
        missing=missing,
    )
