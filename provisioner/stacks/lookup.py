"""The stack of a name and its settings: those of a dataset stack are in the file of the shared one."""

from pathlib import Path
from typing import NamedTuple

from provisioner.reading.problem import START, Problem, Rule
from provisioner.settings import Settings, has_settings, load_settings, settings_file
from provisioner.stacks.stack import Stack, numbered


class Found(NamedTuple):
    """A stack with its settings, or the problems because of which there are none."""

    stack: Stack | None
    settings: Settings | None
    problems: list[Problem]


def find_stack(root: Path, name: str) -> Found:
    """The stack called `name` of the checkout `root`.

    Raises:
        OSError: the file that should hold its settings is not there, or cannot be read.
    """
    shared, number = owner_of(root, name) or (name, 0)
    settings, problems = load_settings(root, shared)
    if settings is None:
        return Found(None, None, problems)
    if number > settings.dataset_stacks:
        return Found(None, None, [_beyond(name, settings)])
    stack = Stack(shared=shared, number=number, of=settings.dataset_stacks)
    if strays := [*_strays(root, stack), *_claimed(root, name)]:
        return Found(None, None, strays)
    return Found(stack, settings, [])


def owner_of(root: Path, name: str) -> tuple[str, int] | None:
    """The shared stack and the number of a dataset stack; None for one with settings of its own, or without owner."""
    parts = numbered(name)
    if parts is None or has_settings(root, name) or not has_settings(root, parts[0]):
        return None
    return parts


def _strays(root: Path, stack: Stack) -> list[Problem]:
    """What is said where dataset stacks have settings of their own."""
    return [_stray(another) for another in stack.every()[1:] if has_settings(root, another.name)]


def _claimed(root: Path, name: str) -> list[Problem]:
    """What is said where a stack with settings of its own is called as a dataset stack of another."""
    parts = numbered(name)
    if parts is None or not has_settings(root, name) or not has_settings(root, parts[0]):
        return []
    settings, _ = load_settings(root, parts[0])
    if settings is None or parts[1] > settings.dataset_stacks:
        return []
    return [_stray(Stack(shared=parts[0], number=parts[1], of=settings.dataset_stacks))]


def _beyond(name: str, settings: Settings) -> Problem:
    there = f"the last is '{settings.stack}-{settings.dataset_stacks}'" if settings.dataset_stacks else "it has none"
    return Problem(
        settings_file(settings.stack),
        START,
        Rule.KEY_VALUE,
        f"'{name}' is no dataset stack of '{settings.stack}': {there}",
        "raise 'dataset_stacks' if there should be more, as docs/stacks.md says, or name another stack",
    )


def _stray(stack: Stack) -> Problem:
    return Problem(
        settings_file(stack.name),
        START,
        Rule.KEY_UNKNOWN,
        f"'{stack.name}' is a dataset stack of '{stack.shared}', and its file has settings",
        f"take them out: {settings_file(stack.shared)} has those of every stack that belongs to it",
    )
