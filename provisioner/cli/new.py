"""`provisioner new`: a new dataset file."""

import argparse
import sys
from typing import TYPE_CHECKING

from provisioner.cli.checkout import checkout, settings_of, today
from provisioner.cli.command import add_stack, command
from provisioner.cli.questions import ask

if TYPE_CHECKING:
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "new",
        "Write a new dataset file, valid and commented; asks for what is missing when on a terminal.",
        "provisioner new push new_project --bucket target-bucket-name --user alpha_user_one",
        new,
    )
    parser.add_argument("kind", choices=("push", "pull"), help="push to a bucket elsewhere, or let others pull")
    parser.add_argument("name", metavar="NAME", help="lower case letters, digits and underscores")
    parser.add_argument("--bucket", help="push: the target bucket's name")
    parser.add_argument("--bucket-account", metavar="ID", help="push: the account that owns the target bucket")
    parser.add_argument(
        "--arn", action="extend", nargs="+", metavar="ARN", help="pull: an outside role; may be repeated"
    )
    parser.add_argument(
        "--google",
        action="append",
        nargs=2,
        metavar=("ID", "AUDIENCE"),
        help="pull: a service account of Google Cloud; may be repeated",
    )
    parser.add_argument(
        "--azure",
        action="append",
        nargs=3,
        metavar=("TENANT", "AUDIENCE", "OBJECT"),
        help="pull: an identity of Azure; may be repeated",
    )
    parser.add_argument(
        "--user", action="extend", nargs="+", metavar="USER", help="a platform username; may be repeated"
    )
    parser.add_argument("--description", metavar="TEXT", help="one line that says what the data is")
    parser.add_argument("--contact", metavar="TEXT", help="whom to ask")
    parser.add_argument(
        "--paperwork", action="extend", nargs="+", metavar="TEXT", help="the agreement; may be repeated"
    )
    parser.add_argument("--expires", metavar="DATE", help="the last day of access")
    add_stack(parser)


def new(arguments: argparse.Namespace) -> int:
    """Exit code 0 where the file was written, 1 where it would have problems or is there already."""
    from provisioner.datasets.keys import Kind
    from provisioner.new_dataset import entries, make

    root = checkout()
    kind = Kind(arguments.kind)
    given = {
        "name": arguments.name,
        "description": arguments.description,
        "contact": arguments.contact,
        "bucket": arguments.bucket,
        "bucket_account": arguments.bucket_account,
        "pull_arns": arguments.arn,
        "pull_google": entries(Kind.PULL, "pull_google", arguments.google),
        "pull_azure": entries(Kind.PULL, "pull_azure", arguments.azure),
        "users": arguments.user,
        "paperwork": arguments.paperwork,
        "expires": arguments.expires,
    }
    asks = ask if sys.stdin.isatty() and sys.stderr.isatty() else None
    settings = settings_of(root, arguments.stack)
    said = {key: value for key, value in given.items() if value or key == "name"}
    made = make(root, kind, said, settings, today(), asks)
    sys.stdout.write(made)
    return 0
