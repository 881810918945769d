"""Everything that is asked of dataset files before anything is done with them: every rule, and AWS's limits."""

import dataclasses
import datetime
from collections.abc import Iterable

from provisioner.access.account import check_account
from provisioner.access.limits import check_limits
from provisioner.access.runners import check_runners
from provisioner.datasets.catalogue import Checked, check_files
from provisioner.datasets.folder import DatasetFile
from provisioner.reading.problem import Problem
from provisioner.settings import Settings


def check(
    files: Iterable[DatasetFile], found: Iterable[Problem], settings: Settings, today: datetime.date | None
) -> Checked:
    """The catalogue that the files make, and every problem in them.

    Args:
        files: the files, as `read_folders` or `read_paths` gives them.
        found: the problems that came with them.
        settings: of the stack that they are for.
        today: the date in UTC that `expires` must not lie before; None to let a past date pass.
    """
    checked = check_files(files, settings, today, found)
    exceeded = [
        *check_limits(checked.readable, settings),
        *check_account(checked.readable, settings),
        *check_runners(checked.readable, settings),
    ]
    return dataclasses.replace(checked, problems=tuple(sorted([*checked.problems, *exceeded])))
