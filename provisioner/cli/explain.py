"""`provisioner explain`: a dataset in words."""

import argparse
import sys
from typing import TYPE_CHECKING

from provisioner.cli.command import add_format, add_stack, command
from provisioner.cli.naming import files_named, read_checkout, show_problems
from provisioner.failure import CommandError

if TYPE_CHECKING:
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "explain",
        "Say in words what a dataset gives to whom, and what the receiving team must add on its side.",
        "provisioner explain new_project",
        explain,
    )
    parser.add_argument("name", metavar="NAME", help="a dataset's name")
    parser.add_argument("--kind", choices=("push", "pull"), help="which, where both kinds have the name")
    add_format(parser, "text", "json")
    add_stack(parser)


def explain(arguments: argparse.Namespace) -> int:
    """Exit code 0, or 1 where the dataset's file has problems, or 2 where there is no such dataset."""
    from provisioner.reporting.explanation import FORMATS
    from provisioner.reporting.terminal import style_of

    settings, files, checked = read_checkout(arguments.stack)
    paths = files_named(files, [arguments.name], arguments.kind)
    if show_problems(checked, paths):
        return CommandError.exit_code
    datasets = [dataset for dataset in checked.catalogue if dataset.file in paths]
    sys.stdout.write(FORMATS[arguments.format](datasets, settings, style_of(sys.stdout)))
    return 0
