"""The datasets that a command is asked about, by their names."""

import difflib
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from provisioner.cli.checkout import checkout, settings_of, without_collector
from provisioner.failure import CommandError, UsageError

if TYPE_CHECKING:
    from provisioner.datasets.catalogue import Checked
    from provisioner.datasets.folder import DatasetFile
    from provisioner.datasets.model import Catalogue, PushDataset
    from provisioner.settings import Settings


class PushDatasets(NamedTuple):
    """The push datasets that a command is about."""

    settings: "Settings"
    known: "tuple[PushDataset, ...]"
    """All of the checkout, the retired ones too."""
    chosen: "tuple[PushDataset, ...]"
    """Those that were named; all of them where none was."""


def push_datasets_named(names: Sequence[str], stack: str) -> PushDatasets:
    """The push datasets with these names, or all, of the checkout and the stack at hand.

    Raises:
        UsageError: there is none of a name.
        CommandError: files or settings have problems, which were shown.
    """
    from provisioner.datasets.keys import Kind

    settings, files, checked = read_checkout(stack)
    chosen = files_named(files, names, Kind.PUSH.value) if names else None
    if show_problems(checked, None):  # what belongs to no dataset is only known where all datasets are
        raise CommandError("the files have problems, and nothing was asked")
    known = checked.catalogue.push
    return PushDatasets(settings, known, tuple(one for one in known if chosen is None or one.file in chosen))


def whole_catalogue(stack: str, undone: str = "nothing was answered") -> "tuple[Settings, Catalogue]":
    """The settings of a stack, and every dataset of the checkout at hand.

    Raises:
        CommandError: files or settings have problems, which were shown: of the whole nobody can say anything, and it
            says what is `undone`.
    """
    settings, _, checked = read_checkout(stack)
    if show_problems(checked, None):
        raise CommandError(f"the files have problems, and {undone}")
    return settings, checked.catalogue


def read_checkout(stack: str) -> "tuple[Settings, list[DatasetFile], Checked]":
    """The settings of a stack, the files of the checkout at hand, and what came of reading them, past dates let pass.

    Raises:
        CommandError: the settings have problems, which were shown.
    """
    from provisioner.access.check import check
    from provisioner.datasets.folder import read_folders

    root = checkout()
    settings = settings_of(root, stack)
    with without_collector():
        files, found = read_folders(root)
        return settings, files, check(files, found, settings, None)


def files_named(files: Sequence["DatasetFile"], names: Iterable[str], kind: str | None = None) -> set[str]:
    """The files of the datasets with these names, of one kind or of both.

    Raises:
        UsageError: there is no dataset of a name; says the nearest.
    """
    stems: dict[str, list[str]] = {}
    for file in files:
        if kind in (None, file.kind.value):
            stems.setdefault(file.stem, []).append(file.file)
    wanted: set[str] = set()
    for name in names:
        if name not in stems:
            near = difflib.get_close_matches(name, sorted(stems), n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise UsageError(f"there is no {kind or 'push or pull'} dataset '{name}'{hint}")
        wanted.update(stems[name])
    return wanted


def show_problems(checked: "Checked", files: set[str] | None) -> bool:
    """Say on standard error what is wrong in the files, or in any where None is given; whether anything is."""
    from provisioner.reporting.problems import problem_lines
    from provisioner.reporting.terminal import style_of

    problems = tuple(problem for problem in checked.problems if files is None or problem.file in files)
    sys.stderr.write(problem_lines(problems, style_of(sys.stderr)))
    return bool(problems)
