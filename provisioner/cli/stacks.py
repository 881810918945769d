"""`provisioner stacks`: the stacks of a checkout, and what each has."""

import argparse
import sys
from typing import TYPE_CHECKING

from provisioner.cli.checkout import checkout
from provisioner.cli.command import add_format, add_stack, command, say
from provisioner.cli.naming import whole_catalogue
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

    from provisioner.reporting.stacks import FORMATS, as_script
    from provisioner.settings import MAX_DATASET_STACKS
    from provisioner.stacks.inventory import inventory
    from provisioner.stacks.moves import moves
    from provisioner.stacks.size import crowded

    root = checkout()
    settings, catalogue = whole_catalogue(arguments.stack, undone="nothing was shared out")

    def is_there(file: str) -> bool:
        return (root / file).is_file()

    shares = inventory(catalogue, settings, is_there)
    if arguments.before is None:
        sys.stdout.write(FORMATS[arguments.format](shares))
    elif not 0 <= arguments.before <= MAX_DATASET_STACKS:
        raise UsageError(f"--from {arguments.before}: there are from 0 to {MAX_DATASET_STACKS} dataset stacks")
    else:
        old = inventory(catalogue, dataclasses.replace(settings, dataset_stacks=arguments.before), is_there)
        sys.stdout.write(as_script(moves(old, shares)))
    if too_many := crowded(len(catalogue), settings):
        say(too_many)
    missing = [share for share in shares if share.missing]
    for share in missing:
        say(
            f"{share.file} is missing: make it with `pulumi stack init {share.stack.name}` and the secrets provider of "
            f"'{settings.stack}', as docs/stacks.md says, and commit it"
        )
    return CommandError.exit_code if missing else 0
