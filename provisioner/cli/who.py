"""`provisioner who`: who can do what, at a place or with a dataset; or all that somebody can do."""

import argparse
import sys
from typing import TYPE_CHECKING

from provisioner.cli.checkout import day_or_today, without_collector
from provisioner.cli.command import add_day, add_format, add_stack, command, say
from provisioner.cli.naming import whole_catalogue

if TYPE_CHECKING:
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "who",
        "List who may do what at a place in S3 or with a dataset, or everything that somebody may do.",
        "provisioner who s3://mojap-new-project/",
        who,
    )
    parser.add_argument(
        "subject", metavar="SUBJECT", help="an S3 URI, a dataset's name; a user, role or ARN; or an account's number"
    )
    add_day(parser)
    add_format(parser, "text", "json")
    add_stack(parser)


def who(arguments: argparse.Namespace) -> int:
    """Exit code 0, or 2 where nothing of that name is known."""
    from provisioner.access.asking import listing
    from provisioner.reporting.access.reach import FORMATS, tally
    from provisioner.reporting.terminal import style_of

    day = day_or_today(arguments.at)
    settings, catalogue = whole_catalogue(arguments.stack)
    with without_collector():
        found = listing.who(arguments.subject, day, catalogue, settings)
        sys.stdout.write(FORMATS[arguments.format](found, settings, style_of(sys.stdout)))
    say(tally(found))
    return 0
