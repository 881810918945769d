"""`exporter list`: the exports of a checkout."""

import argparse
import datetime
import shutil
import sys
from typing import TYPE_CHECKING

from provisioner.cli.checkout import checkout
from provisioner.cli.command import add_format, add_stack, command, say

if TYPE_CHECKING:
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands, "list", "List the datasets that say how their files are made.", "exporter list", list_exports
    )
    add_stack(parser)
    add_format(parser, "text", "json")


def list_exports(arguments: argparse.Namespace) -> int:
    """Exit code 0, or 1 where the files have problems."""
    from exporter.reporting.listing import FORMATS, Listed
    from provisioner.datasets.lookup import all_with_export
    from provisioner.reporting.terminal import style_of

    found = [
        Listed(one.dataset.name, one.dataset.kind.value, one.export)
        for one in all_with_export(checkout(), arguments.stack)
    ]
    now, width = datetime.datetime.now(datetime.UTC), shutil.get_terminal_size().columns
    sys.stdout.write(FORMATS[arguments.format](found, style_of(sys.stdout), now, width))
    if not found:
        say("no dataset has an 'export' in its file")
    return 0
