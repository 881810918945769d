"""The export that a command is about: what its file says, its database, its target and its ledger."""

import argparse
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from exporter.source import source_url
from provisioner.cli.checkout import checkout
from provisioner.cli.command import Parser, add_stack

if TYPE_CHECKING:
    from exporter.publish.target import Target
    from provisioner.datasets.lookup import DatasetWithExport
    from provisioner.exports.model import Export


@dataclass(frozen=True, kw_only=True)
class Subject:
    """All that a run needs. Its URL has a password in it and is in no representation."""

    name: str
    export: "Export"
    url: str = field(repr=False)
    target: "Target"
    ledger_file: Path | None


def add_subject(parser: Parser, *, folder: str | None = "--to") -> None:
    """Add what a command needs to find one export: its name, `--stack`, `--ledger`, and a folder as its target."""
    parser.add_argument("name", metavar="NAME", help="a dataset's name")
    add_stack(parser)
    add_ledger(parser)
    if folder:
        parser.add_argument(
            folder,
            dest="folder",
            metavar="DIR",
            type=Path,
            help="a folder in place of the bucket; it has numbers and cursors of its own",
        )


def add_ledger(parser: Parser) -> None:
    """Add `--ledger`, for exports that keep their ledger in a file."""
    parser.add_argument(
        "--ledger",
        metavar="FILE",
        type=Path,
        default=os.environ.get("EXPORT_LEDGER") or None,
        help="the SQLite file of an export that says `ledger: file` (default: $EXPORT_LEDGER)",
    )


def subject_named(arguments: argparse.Namespace) -> Subject:
    """The export that the arguments name.

    Raises:
        UsageError: there is none of that name, or its database has no URL.
        CommandError: its file, or the settings, have problems.
    """
    from provisioner.datasets.lookup import find_dataset

    return subject_of(
        find_dataset(checkout(), arguments.stack, arguments.name), arguments.ledger, getattr(arguments, "folder", None)
    )


def subject_of(found: "DatasetWithExport", ledger_file: Path | None, folder: Path | None = None) -> Subject:
    """The export of a dataset, into its bucket or into a folder.

    Raises:
        UsageError: its database has no URL.
        PublishError: the AWS configuration of this machine cannot be read.
    """
    from exporter.publish.folder import Folder
    from exporter.publish.place import bucket_of

    return Subject(
        name=found.dataset.name,
        export=found.export,
        url=source_url(found.export.source, os.environ),
        target=Folder(folder) if folder else bucket_of(found.dataset, found.settings),
        ledger_file=ledger_file,
    )
