"""One dataset of a checkout by its name, with the settings of the stack: what whoever runs its export needs."""

from pathlib import Path
from typing import NamedTuple

from provisioner.datasets.catalogue import check_files
from provisioner.datasets.folder import read_folders, read_named
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.exports.model import Export
from provisioner.failure import CommandError, UsageError
from provisioner.reading.printable import shown
from provisioner.reading.problem import Problem
from provisioner.settings import Settings, load_settings, settings_file


class DatasetWithExport(NamedTuple):
    """A dataset that says how its files are made."""

    dataset: PushDataset | PullDataset
    export: Export
    settings: Settings


def find_dataset(root: Path, stack: str, name: str) -> DatasetWithExport:
    """The dataset `name` of the checkout `root`, which has an export. Of other datasets' files none is read.

    Raises:
        UsageError: the stack has no settings, or there is no dataset of that name, or none with an export.
        CommandError: its file or the settings have problems; the text lists them.
    """
    settings = _settings(root, stack)
    files, found = read_named(root, name)
    if not files and not found:
        raise UsageError(f"there is no dataset '{shown(name)}': see exporter list")
    checked = check_files(files, settings, None, found)
    if checked.problems:
        raise CommandError(_listed(checked.problems))
    exports = [(dataset, dataset.export) for dataset in checked.catalogue if dataset.export is not None]
    if not exports:
        raise UsageError(f"the dataset '{shown(name)}' has no 'export' in its file, which would say how it is made")
    if len(exports) > 1:
        raise UsageError(f"a push and a pull dataset '{shown(name)}' both have an 'export': rename one of them")
    return DatasetWithExport(*exports[0], settings)


def all_with_export(root: Path, stack: str) -> tuple[DatasetWithExport, ...]:
    """Every dataset of the checkout `root` that has an export, in the order of the files' names.

    Raises:
        UsageError: the stack has no settings.
        CommandError: files or the settings have problems; the text lists them.
    """
    settings = _settings(root, stack)
    files, found = read_folders(root)
    checked = check_files(files, settings, None, found)
    if checked.problems:
        raise CommandError(_listed(checked.problems))
    return tuple(
        DatasetWithExport(dataset, dataset.export, settings)
        for dataset in checked.catalogue
        if dataset.export is not None
    )


def _settings(root: Path, stack: str) -> Settings:
    try:
        settings, problems = load_settings(root, stack)
    except OSError as error:
        raise UsageError(f"cannot read {settings_file(stack)} in {root}: {error.strerror}") from error
    if settings is None:
        raise CommandError(_listed(problems))
    return settings


def _listed(problems: tuple[Problem, ...] | list[Problem]) -> str:
    return "\n".join(map(str, problems))
