"""The checkout that a command is called in: its folder, its settings, and the day."""

import datetime
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.failure import CommandError, UsageError
from provisioner.reading.printable import printable, shown

if TYPE_CHECKING:
    from provisioner.reading.problem import Problem
    from provisioner.settings import Settings


def checkout() -> Path:
    """The folder that holds Pulumi.yaml: this one, or the nearest above it."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "Pulumi.yaml").is_file():
            return folder
    raise UsageError(f"{here} is not in a checkout: no Pulumi.yaml here or above; change into one")


def settings_of(root: Path, stack: str) -> "Settings":
    """The settings of a stack. Problems in them end the command: nothing could be judged without."""
    from provisioner.reporting.problems import problem_lines
    from provisioner.reporting.terminal import style_of

    settings, problems = read_settings_of(root, stack)
    if settings is None:
        sys.stderr.write(problem_lines(tuple(problems), style_of(sys.stderr)))
        raise CommandError("the settings have problems")
    return settings


def refuse_dataset_stack(root: Path, stack: str) -> None:
    """End the command where the stack that was named is one of several that share another's settings.

    What commands say is about datasets and resources, in whichever of the stacks they are.

    Raises:
        UsageError: it is; names the stack with the settings.
    """
    from provisioner.stacks.lookup import owner_of

    if owner := owner_of(root, stack):
        shared = shown(owner[0])
        raise UsageError(
            f"'{shown(stack)}' has no settings of its own, but those of '{shared}', whose dataset stack it is; "
            f"and this command speaks of all datasets together: write --stack {shared}"
        )


def read_settings_of(root: Path, stack: str) -> "tuple[Settings | None, list[Problem]]":
    """The settings of a stack, or the problems in them."""
    from provisioner.settings import load_settings, settings_file

    refuse_dataset_stack(root, stack)
    try:
        return load_settings(root, stack)
    except OSError as error:
        stacks = sorted(path.name for path in root.glob("Pulumi.*.yaml"))
        there = f"; there is {', '.join(stacks)}" if stacks else ""
        raise UsageError(
            printable(f"cannot read {root / settings_file(stack)}, the settings of the stack '{stack}'{there}")
        ) from error


def today() -> datetime.date:
    """The date in UTC."""
    return datetime.datetime.now(datetime.UTC).date()


def day_or_today(given: str | None) -> datetime.date:
    """The date that an option gives, such as `2026-03-31`, or else today's in UTC.

    Raises:
        UsageError: it is no date.
    """
    if given is None:
        return today()
    try:
        return datetime.date.fromisoformat(given)
    except ValueError as error:
        raise UsageError(f"'{shown(given)}' is not a date: write one such as 2026-03-31") from error


@contextmanager
def without_collector() -> Iterator[None]:
    """Leave the garbage collector out.

    What is read of dataset files holds no cycles, so nothing is lost; and to walk over it again and again while it
    grows takes almost half of the time that 10,000 files take.
    """
    gc.disable()
    try:
        yield
    finally:
        # All of it is in the youngest generation now, which the first collection would walk over.
        gc.freeze()
        gc.enable()
