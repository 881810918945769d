"""A folder of tasks as an export: the engine runs it as it runs the export of a dataset file."""

from collections.abc import Iterable
from typing import Final

from exporter.serve.folder import FolderTask
from provisioner.exports.model import Export, Format, Publish, Task, WhenEmpty
from provisioner.exports.template import Template
from provisioner.reading.problem import START

NAME: Final = "exports"
"""What the ledger knows the runs of this service by, beside the target."""
KEY: Final = Template("{task}-{time:%Y_%m_%d-%I_%M_%S_%p}.csv.gz")
"""Seed 001, "File Naming": `agency-2025_01_01-12_00_00_AM.csv.gz`; the time is when the run started, in UTC."""


def export_of(tasks: Iterable[FolderTask]) -> Export:
    """The export of these tasks: all rows of each, into a new file, and deleted in the same transaction.

    A task without rows makes no file: somebody would have to open it to see that it says nothing.
    """
    return Export(source=NAME, tasks=tuple(map(_task, tasks)), place=START)


def _task(task: FolderTask) -> Task:
    return Task(
        name=task.name,
        query=task.select,
        delete=task.delete,
        key=KEY,
        format=Format.CSV_GZ,
        publish=Publish.ONCE,
        when_empty=WhenEmpty.SKIP,
        place=START,
    )
