"""`exporter show`: what a run of an export will do."""

import argparse
import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.cli.checkout import checkout
from provisioner.cli.command import add_format, add_stack, command

if TYPE_CHECKING:
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "show",
        "Say in words what a run of an export will do. Neither the database nor AWS is asked.",
        "exporter show lettings",
        show,
    )
    parser.add_argument("name", metavar="NAME", help="a dataset's name")
    parser.add_argument("--to", dest="folder", metavar="DIR", type=Path, help="a folder in place of the bucket")
    add_stack(parser)
    add_format(parser, "text", "json")


def show(arguments: argparse.Namespace) -> int:
    """Exit code 0, or 1 where the dataset's file has problems, or 2 where there is no such export."""
    from exporter.publish.folder import Folder
    from exporter.publish.place import place_of
    from exporter.reporting.explanation import FORMATS, Subject
    from provisioner.datasets.lookup import find_dataset
    from provisioner.reporting.terminal import style_of

    found = find_dataset(checkout(), arguments.stack, arguments.name)
    subject = Subject(
        name=found.dataset.name,
        target=Folder(arguments.folder).url if arguments.folder else place_of(found.dataset, found.settings).url,
        export=found.export,
        at=datetime.datetime.now(datetime.UTC),
    )
    sys.stdout.write(FORMATS[arguments.format](subject, style_of(sys.stdout)))
    return 0
