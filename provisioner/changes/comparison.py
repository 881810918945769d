"""Two states of a checkout, read and set side by side: what all that a plan says is made from."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from provisioner.access.check import check
from provisioner.changes.change import DatasetPair
from provisioner.changes.state import State
from provisioner.datasets.catalogue import Checked, check_files
from provisioner.datasets.model import Catalogue
from provisioner.reading.problem import Problem
from provisioner.settings import Settings, read_settings

_SHAPE: Final = (
    *("account_id", "region", "bucket_prefix", "export_bucket", "retention_days", "log_retention_days"),
    *("break_glass_role", "tags"),
)
"""The settings that AWS resources are made of: where one of them changes, so may every resource."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What a checkout held before and holds after."""

    before: Settings
    after: Settings
    checked: Checked
    """What is said after, with every problem in it."""
    pairs: tuple[DatasetPair, ...]
    """Every dataset that was or is there, in the order of the files' names; not those whose file cannot be read."""
    names_before: Mapping[str, str]
    """The name that each file gave its dataset before."""
    files_after: frozenset[str]
    """The dataset files that are there after, with problems or without."""
    unread_before: frozenset[str]
    """Files that were no dataset before: today's rules cannot make one of what they said."""

    @property
    def reshaped(self) -> bool:
        """Whether the settings change in a way that can change every resource."""
        return any(getattr(self.before, name) != getattr(self.after, name) for name in _SHAPE)

    @cached_property
    def changed(self) -> tuple[DatasetPair, ...]:
        """The datasets whose files say something else after than before."""
        return tuple(pair for pair in self.pairs if pair.before is not pair.after)

    @property
    def affected(self) -> tuple[DatasetPair, ...]:
        """The datasets whose grants and resources can be others after than before."""
        return self.pairs if self.reshaped else self.changed

    @cached_property
    def catalogue_before(self) -> Catalogue:
        """All datasets as they were."""
        return Catalogue.of(pair.before for pair in self.pairs if pair.before is not None)

    @cached_property
    def catalogue_after(self) -> Catalogue:
        """All datasets as they are."""
        return Catalogue.of(pair.after for pair in self.pairs if pair.after is not None)


def compare(base: State, head: State, stack: str, today: datetime.date) -> Comparison | tuple[Problem, ...]:
    """Both states side by side, or the problems of the settings, without which nothing can be compared.

    Args:
        base: the state before.
        head: the state after.
        stack: whose settings to use. Where the base has none that can be read, the head's are taken for both.
        today: the date in UTC by which the head is judged.
    """
    after, problems = _settings(head, stack)
    if after is None:
        return tuple(problems)
    before = _settings(base, stack)[0] or after
    checked = check(head.files, head.found, after, today)
    datasets = {dataset.file: dataset for dataset in checked.catalogue}
    contents = {file.file: file.content for file in head.files}
    replaced = [file for file in base.files if contents.get(file.file) != file.content]
    old = {dataset.file: dataset for dataset in check_files(replaced, before, None).readable}
    files = sorted({*contents, *(file.file for file in base.files)})
    there_before = {file.file for file in base.files}
    anew = {file.file for file in replaced}
    pairs = []
    for file in files:
        if file in contents and file not in datasets:
            continue  # it has problems, which must be mended before it can be compared
        now = datasets.get(file)
        was = old.get(file) if file in anew else (now if file in there_before else None)
        if was is not None or now is not None:
            pairs.append(DatasetPair(before=was, after=now))
    return Comparison(
        before=before,
        after=after,
        checked=checked,
        pairs=tuple(pairs),
        names_before={dataset.file: dataset.name for dataset in old.values()},
        files_after=frozenset(contents),
        unread_before=frozenset(anew - old.keys()),
    )


def _settings(state: State, stack: str) -> tuple[Settings | None, list[Problem]]:
    if isinstance(state.settings, Problem):
        return None, [state.settings]
    return (None, []) if state.settings is None else read_settings(state.settings, stack)
