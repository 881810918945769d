"""`provisioner can`: whether somebody can do something somewhere."""

import argparse
import sys
from typing import TYPE_CHECKING

from provisioner.cli.checkout import day_or_today
from provisioner.cli.command import add_day, add_format, add_stack, command
from provisioner.cli.naming import whole_catalogue
from provisioner.failure import CommandError

if TYPE_CHECKING:
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "can",
        "Say whether somebody may do something in S3, and which statement decides.",
        "provisioner can alpha_user_one write s3://mojap-hub-exports/new_project/returns.csv",
        can,
    )
    parser.add_argument("principal", metavar="PRINCIPAL", help="the ARN of a role, a session or a user; or a name")
    parser.add_argument("action", metavar="ACTION", help="read, write, list, delete, or an action such as s3:GetObject")
    parser.add_argument("uri", metavar="S3-URI", help="s3://BUCKET/KEY; what ends in a slash stands for all under it")
    add_day(parser)
    add_format(parser, "text", "json")
    add_stack(parser)


def can(arguments: argparse.Namespace) -> int:
    """Exit code 0 for yes, 1 for no, 2 where somebody or something is not known."""
    from provisioner.access.asking.action import read_action
    from provisioner.access.asking.answer import Question, answer
    from provisioner.access.asking.identity import read_identity
    from provisioner.access.asking.location import read_location
    from provisioner.access.asking.reach import reached_by
    from provisioner.reporting.access.answer import FORMATS
    from provisioner.reporting.terminal import style_of

    action, day = read_action(arguments.action), day_or_today(arguments.at)
    settings, catalogue = whole_catalogue(arguments.stack)
    question = Question(
        identity=read_identity(arguments.principal, catalogue, settings),
        action=action,
        location=read_location(arguments.uri, catalogue, settings),
        day=day,
    )
    found = answer(question, catalogue, settings)
    reached = () if found.allowed else reached_by(question.identity, day, catalogue, settings)
    instead = [reach for reach in reached if reach.bucket == question.location.bucket]
    sys.stdout.write(FORMATS[arguments.format](found, instead, settings, style_of(sys.stdout)))
    return 0 if found.allowed else CommandError.exit_code
