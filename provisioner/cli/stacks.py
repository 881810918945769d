"""`provisioner stacks`: the stacks of a checkout, and what each has."""

import argparse
import sys
from typing import TYPE_CHECKING

from provisioner.cli.checkout import checkout, settings_of, without_collector
from provisioner.cli.command import add_format, add_stack, command, say
from provisioner.cli.naming import show_problems
from provisioner.failure import CommandError, UsageError

if TYPE_CHECKING:
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "stacks",
        "List the stacks that the datasets are shared out among, and what each has; or what moves to another.",
        "provisioner stacks --from 0",
        stacks,
    )
    parser.add_argument(
        "--from",
        dest="before",
        type=int,
        metavar="NUMBER",
        help="print the script that moves what changes stack, from so many dataset stacks to those of the settings",
    )
    add_format(parser, "text", "json", "names")
    add_stack(parser)


def stacks(arguments: argparse.Namespace) -> int:
    """Exit code 0, or 1 where a stack lacks its file."""
    import dataclasses

    from provisioner.access.check import check
    from provisioner.datasets.folder import read_folders
    from provisioner.reporting.stacks import FORMATS, as_script
    from provisioner.settings import MAX_DATASET_STACKS
    from provisioner.stacks.inventory import inventory
    from provisioner.stacks.moves import moves
    from provisioner.stacks.size import crowded

    root = checkout()
    settings = settings_of(root, arguments.stack)
    with without_collector():
        checked = check(*read_folders(root), settings, None)
    if show_problems(checked, None):
        raise CommandError("the files have problems, and nothing was shared out")

    def is_there(file: str) -> bool:
        return (root / file).is_file()

    shares = inventory(checked.catalogue, settings, is_there)
    if arguments.before is None:
        sys.stdout.write(FORMATS[arguments.format](shares))
    elif not 0 <= arguments.before <= MAX_DATASET_STACKS:
        raise UsageError(f"--from {arguments.before}: there are from 0 to {MAX_DATASET_STACKS} dataset stacks")
    else:
        old = inventory(checked.catalogue, dataclasses.replace(settings, dataset_stacks=arguments.before), is_there)
        sys.stdout.write(as_script(moves(old, shares)))
    if too_many := crowded(len(checked.catalogue), settings):
        say(too_many)
    missing = [share for share in shares if share.missing]
    for share in missing:
        say(
            f"{share.file} is missing: make it with `pulumi stack init {share.stack.name}` and the secrets provider of "
            f"'{settings.stack}', as docs/stacks.md says, and commit it"
        )
    return CommandError.exit_code if missing else 0
