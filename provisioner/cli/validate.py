"""`provisioner validate`: every problem of the dataset files."""

import argparse
import sys
from typing import TYPE_CHECKING

from provisioner.cli.checkout import checkout, read_settings_of, today, without_collector
from provisioner.cli.command import add_format, add_stack, command, say
from provisioner.failure import UsageError

if TYPE_CHECKING:
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "validate",
        "Check dataset files, and show every problem with its place and what to write instead.",
        "provisioner validate push_datasets/new_project.yaml",
        validate,
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files or folders (default: both dataset folders)")
    add_format(parser, "text", "json", "github", "markdown")
    add_stack(parser)


def validate(arguments: argparse.Namespace) -> int:
    """Exit code 0 where everything is right, 1 where there are problems."""
    from provisioner.access.check import check
    from provisioner.datasets.catalogue import Checked
    from provisioner.datasets.folder import read_folders, read_paths
    from provisioner.datasets.model import Catalogue
    from provisioner.reporting.problems import FORMATS, tally
    from provisioner.reporting.terminal import style_of
    from provisioner.stacks.size import crowded

    root = checkout()
    settings, wrong_settings = read_settings_of(root, arguments.stack)
    with without_collector():
        try:
            files, found = read_paths(arguments.paths) if arguments.paths else read_folders(root)
        except FileNotFoundError as error:
            raise UsageError(f"there is no dataset file or folder at {error}") from error
        if settings is None:
            nothing = Catalogue(push=(), pull=())
            checked = Checked(nothing, nothing, tuple(wrong_settings), files=0)
        else:
            checked = check(files, found, settings, today())
    sys.stdout.write(FORMATS[arguments.format](checked, style_of(sys.stdout)))
    say(tally(checked) if settings else "the settings have problems: no dataset file was checked")
    if settings and not arguments.paths and (too_many := crowded(len(checked.readable), settings)):
        say(too_many)
    return 1 if checked.problems else 0
