"""`provisioner status`: how the deliveries stand."""

import argparse
import datetime
import sys
from typing import TYPE_CHECKING

from provisioner.cli.command import add_format, add_stack, command, say
from provisioner.cli.naming import push_datasets_named
from provisioner.failure import CommandError, UnavailableError

if TYPE_CHECKING:
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "status",
        "Ask AWS what is pending, in flight, dead-lettered and delivered of each push dataset, and change nothing.",
        "provisioner status new_project",
        status,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="push datasets' names (default: all)")
    add_format(parser, "text", "json")
    add_stack(parser)


def status(arguments: argparse.Namespace) -> int:
    """Exit code 0 where all goes on by itself, 1 where somebody is needed, 69 where AWS did not answer everything."""
    named = push_datasets_named(arguments.names, arguments.stack)

    from provisioner.operations.observer import Observer
    from provisioner.reporting.status.formats import FORMATS, tally
    from provisioner.reporting.terminal import style_of

    seen = Observer(named.settings).status(named.chosen, named.known, datetime.datetime.now(datetime.UTC))
    sys.stdout.write(FORMATS[arguments.format](seen, style_of(sys.stdout)))
    say(tally(seen))
    if seen.refused:
        return UnavailableError.exit_code
    return CommandError.exit_code if seen.needs_somebody else 0
