"""The export that a command is about: what its file says, its database, its target and its ledger."""

import argparse
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from exporter.source import source_url
from provisioner.cli.checkout import checkout
from provisioner.cli.command import Parser, add_stack
from provisioner.failure import UsageError
from provisioner.reading.printable import shown

if TYPE_CHECKING:
    from exporter.publish.target import Target
    from provisioner.datasets.lookup import DatasetWithExport
    from provisioner.datasets.model import PullDataset, PushDataset
    from provisioner.exports.model import Export
    from provisioner.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Subject:
    """All that a run needs. The database's URL has a password in it and is in no representation."""

    dataset: "PushDataset | PullDataset"
    export: "Export"
    settings: "Settings"
    url: str = field(repr=False)
    folder: Path | None
    """The target in place of the bucket."""
    ledger_file: Path | None

    @property
    def name(self) -> str:
        """The dataset's."""
        return self.dataset.name

    @property
    def target_url(self) -> str:
        """What the ledger knows the target by; nothing of AWS is loaded for it."""
        return target_url(self.dataset, self.settings, self.folder)

    @cached_property
    def target(self) -> "Target":
        """Where the files go.

        Raises:
            PublishError: the AWS configuration of this machine cannot be read.
        """
        if self.folder:
            from exporter.publish.folder import Folder

            return Folder(self.folder)
        from exporter.publish.place import bucket_of

        return bucket_of(self.dataset, self.settings)


def target_url(dataset: "PushDataset | PullDataset", settings: "Settings", folder: Path | None) -> str:
    """What the ledger knows the target of a dataset by: its bucket, or the folder in place of it."""
    if folder:
        from exporter.publish.folder import Folder

        return Folder(folder).url
    from exporter.publish.place import place_of

    return place_of(dataset, settings).url


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
    """
    dataset, export, settings = found
    return Subject(
        dataset=dataset,
        export=export,
        settings=settings,
        url=source_url(export.source, os.environ),
        folder=folder,
        ledger_file=ledger_file,
    )


def task_named(subject: Subject, name: str | None) -> str | None:
    """The task of that name; None where none is named.

    Raises:
        UsageError: the export has no such task; says which it has.
    """
    names = [task.name for task in subject.export.tasks]
    if name is None or name in names:
        return name
    known = ", ".join(f"'{shown(one)}'" for one in names)
    raise UsageError(f"the export '{subject.name}' has no task '{shown(name)}'; it has {known}")
