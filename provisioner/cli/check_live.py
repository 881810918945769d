"""`provisioner check-live`: what will break on AWS, before it breaks."""

import argparse
import sys
from typing import TYPE_CHECKING

from provisioner.cli.checkout import checkout, settings_of, without_collector
from provisioner.cli.command import add_format, add_stack, command, say
from provisioner.cli.naming import files_named, show_problems
from provisioner.failure import CommandError, UnavailableError

if TYPE_CHECKING:
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "check-live",
        "Ask AWS, and change nothing: users who have left, names that are taken, datasets that are not deployed.",
        "provisioner check-live new_project",
        check_live,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="datasets' names (default: all)")
    add_format(parser, "text", "json", "github", "markdown")
    add_stack(parser)


def check_live(arguments: argparse.Namespace) -> int:
    """Exit code 0 where AWS is as the files say, 1 where it is not, 69 where AWS could not be asked everything."""
    from provisioner.access.check import check
    from provisioner.datasets.folder import read_folders
    from provisioner.datasets.model import Catalogue

    root = checkout()
    settings = settings_of(root, arguments.stack)
    with without_collector():
        files, found = read_folders(root)
        checked = check(files, found, settings, None)
    chosen = files_named(files, arguments.names) if arguments.names else None
    if show_problems(checked, None):  # what a person may do is spread over the files of all their datasets
        return CommandError.exit_code
    datasets = Catalogue.of(one for one in checked.catalogue if chosen is None or one.file in chosen)

    from provisioner.live.account import Account
    from provisioner.live.finding import Report
    from provisioner.live.judge import judge, notes
    from provisioner.live.needs import needs_of
    from provisioner.reporting.live import FORMATS, tally
    from provisioner.reporting.terminal import style_of

    needs = needs_of(datasets, checked.catalogue, settings)
    observed, refused = Account(settings).observe(needs)
    report = Report(
        findings=judge(needs, observed, checked.catalogue, settings),
        datasets=len(datasets),
        notes=notes(needs, settings),
        refused=refused,
    )
    sys.stdout.write(FORMATS[arguments.format](report, style_of(sys.stdout)))
    say("\n".join([tally(report), *(one.plain for one in report.notes)]))
    if report.refused:
        return UnavailableError.exit_code
    return CommandError.exit_code if report.findings else 0
