"""`provisioner limits`: how full AWS's limits are."""

import argparse
import sys
from typing import TYPE_CHECKING

from provisioner.cli.checkout import checkout, settings_of, without_collector
from provisioner.cli.command import add_format, add_stack, command, say
from provisioner.failure import CommandError

if TYPE_CHECKING:
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "limits",
        "Show how full each of AWS's limits is, what is fullest, and at how many datasets the present shape ends.",
        "provisioner limits --format json",
        limits,
    )
    add_format(parser, "text", "json")
    add_stack(parser)


def limits(arguments: argparse.Namespace) -> int:
    """Exit code 0 where everything fits, 1 where AWS would refuse something as it is."""
    from provisioner.access.occupancy import occupancy_of
    from provisioner.datasets.catalogue import check_files
    from provisioner.datasets.folder import read_folders
    from provisioner.reporting.limits.formats import FORMATS, tally
    from provisioner.reporting.terminal import style_of
    from provisioner.resources.forwarder_zip import code_bytes

    root = checkout()
    settings = settings_of(root, arguments.stack)
    with without_collector():
        files, found = read_folders(root)
        checked = check_files(files, settings, None, found)
        occupancy = occupancy_of(checked.readable, settings, code_bytes(settings))
    sys.stdout.write(FORMATS[arguments.format](occupancy, style_of(sys.stdout)))
    if checked.problems:
        count = len(checked.problems)
        say(f"{count:,} problem{'s' * (count != 1)} in the files: what cannot be read is not counted; see `validate`")
    say(tally(occupancy))
    return CommandError.exit_code if any(one.over for one in occupancy) else 0
