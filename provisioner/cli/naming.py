"""The datasets that a command is asked about, by their names."""

import difflib
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from provisioner.failure import UsageError

if TYPE_CHECKING:
    from provisioner.datasets.catalogue import Checked
    from provisioner.datasets.folder import DatasetFile


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
