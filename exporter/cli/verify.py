"""`exporter verify`: published files, read again and compared with the ledger and the manifests."""

import argparse
import sys
from typing import TYPE_CHECKING

from exporter.cli.subject import add_subject, subject_named
from provisioner.cli.command import add_format, command, say
from provisioner.failure import CommandError

if TYPE_CHECKING:
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "verify",
        "Read every published file and manifest again, and compare it with the checksum in the ledger; "
        "say which no manifest lists. It changes nothing.",
        "exporter verify lettings",
        verify,
    )
    add_subject(parser)
    add_format(parser, "text", "json")


def verify(arguments: argparse.Namespace) -> int:
    """Exit code 0 where all is as it was written, 1 where a file is missing or another, 75 where one cannot be read."""
    from exporter.engine.ledgers import open_ledger
    from exporter.publish.bucket import Bucket
    from exporter.reporting.verification import FORMATS, tally
    from exporter.verification import verify as compare
    from provisioner.reporting.terminal import style_of

    subject = subject_named(arguments)
    target = subject.target
    with open_ledger(subject.name, subject.export, url=subject.url, ledger_file=subject.ledger_file) as ledger:
        files = ledger.files(subject.name, target.url)
        manifests = ledger.manifests(subject.name, target.url)
    moved_on = isinstance(target, Bucket) and target.moved_on
    checked = [
        *compare(files, target, moved_on=moved_on, has_manifest=subject.export.manifest is not None),
        *compare(manifests, target, moved_on=moved_on),
    ]
    sys.stdout.write(FORMATS[arguments.format](checked, style_of(sys.stdout)))
    say(tally(checked))
    return CommandError.exit_code if any(one.is_problem for one in checked) else 0
