"""`provisioner try`: the tour of an embedded AWS."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.cli.checkout import checkout, settings_of, today
from provisioner.cli.command import add_stack, command
from provisioner.failure import CommandError, UsageError

if TYPE_CHECKING:
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "try",
        "Provision an embedded AWS on this machine, and carry real files through it.",
        "provisioner try --keep",
        try_it,
    )
    parser.add_argument("folder", nargs="?", metavar="DIR", help="another checkout, to use its datasets and settings")
    parser.add_argument("--keep", action="store_true", help="leave it running afterwards, to look around, till Ctrl-C")
    add_stack(parser)


def try_it(arguments: argparse.Namespace) -> int:
    """Exit code 0 where every step went well, 1 where one failed."""
    try:
        from provisioner.emulator.tour import take_tour
    except ModuleNotFoundError as error:
        raise CommandError(f"{error.name} is not installed, which only `try` needs: run `make setup`") from error
    from provisioner.reporting.terminal import style_of

    root = Path(arguments.folder) if arguments.folder else checkout()
    if not root.is_dir():
        raise UsageError(f"there is no folder {root}")
    settings = settings_of(root, arguments.stack)
    return take_tour(root.resolve(), settings, today(), keep=arguments.keep, style=style_of(sys.stdout))
