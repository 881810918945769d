"""Two states of a checkout, read and set side by side: what all that a plan says is made from."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from provisioner.access.check import check
from provisioner.changes.change import DatasetPair
from provisioner.changes.state import Content, State
from provisioner.datasets.catalogue import Checked, check_files
from provisioner.datasets.folder import DatasetFile
from provisioner.datasets.model import Catalogue, PullDataset, PushDataset
from provisioner.reading.document import read_document
from provisioner.reading.nodes import said_by
from provisioner.reading.problem import START, Problem, Rule
from provisioner.settings import Settings, read_settings, settings_file

SHAPE: Final = (
    *("account_id", "region", "bucket_prefix", "export_bucket", "retention_days", "log_retention_days"),
    *("alarm_topic_arn", "forwarder_concurrency", "multipart_threshold_mib", "sweep_minutes", "retry_seconds"),
    *("sealed", "break_glass_role", "tags", "sources", "exporter_image", "exporter_subnets"),
    *("exporter_security_groups", "exporter_cpu", "exporter_memory_mib"),
)
"""The settings that AWS resources are made of: where one of them changes, so may every resource."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What a checkout held before and holds after."""

    settings_before: Settings | None
    """None where there were none, or none that today's rules can read."""
    after: Settings
    """The settings after."""
    settings_touched: bool
    """Whether the settings file says anything else than it did, be it in a key that is Pulumi's own."""
    checked: Checked
    """What is said after, with every problem in it."""
    pairs: tuple[DatasetPair, ...]
    """Every dataset that was or is there, in the order of the files' names; not those whose file has problems."""
    names_before: Mapping[str, str]
    """The name that each file which is another now gave its dataset before."""
    files_after: frozenset[str]
    """The dataset files that are there after, with problems or without."""
    unread_before: frozenset[str]
    """Files that were no dataset before: today's rules cannot make one of what they said."""

    @property
    def before(self) -> Settings:
        """The settings before; where those are not known, the ones after, so that nothing shows as changed by them."""
        return self.settings_before or self.after

    @property
    def reshaped(self) -> bool:
        """Whether the settings change in a way that can change every resource."""
        return any(getattr(self.before, name) != getattr(self.after, name) for name in SHAPE)

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
    """Both states side by side, or the problems of the settings after, without which nothing can be compared.

    A file that has problems after is left out of the comparison, and is never taken for deleted: it must be mended
    before anybody can say what it changes.

    Args:
        base: the state before.
        head: the state after.
        stack: whose settings to use.
        today: the date in UTC by which the head is judged.
    """
    settings, problems = _settings(head, stack)
    if settings is None:
        return tuple(problems)
    settings_before, _ = _settings(base, stack)
    checked = check(head.files, head.found, settings, today)
    after = {dataset.file: dataset for dataset in checked.catalogue}
    latest = {file.file: file for file in head.files}
    other = [file for file in base.files if latest.get(file.file) != file]
    readable = check_files(other, settings_before or settings, None).readable
    # A file's own dataset goes before one that has its name in another file.
    before = {_home(dataset): dataset for dataset in sorted(readable, key=lambda one: one.file == _home(one))}
    # What the same bytes say is the same dataset, and need not be read twice.
    same = {file.file for file in base.files} - {file.file for file in other}
    before |= {file: after[file] for file in same & after.keys()}
    files_after = frozenset({*latest, *_in_the_way(base, head)})
    unfit = files_after - after.keys()
    return Comparison(
        settings_before=settings_before,
        after=settings,
        settings_touched=_said_by(base.settings) != _said_by(head.settings),
        checked=checked,
        pairs=tuple(
            DatasetPair(before=before.get(file), after=after.get(file))
            for file in sorted(before.keys() | after.keys())
            if file in after or unfit.isdisjoint((file, before[file].file))
        ),
        names_before={dataset.file: dataset.name for dataset in readable},
        files_after=files_after,
        unread_before=frozenset({file.file for file in other} - {dataset.file for dataset in readable}),
    )


def _settings(state: State, stack: str) -> tuple[Settings | None, list[Problem]]:
    if isinstance(state.settings, Problem):
        return None, [state.settings]
    if state.settings is None:
        missing = f"there are no settings of the stack '{stack}'"
        advice = "copy those of another stack, and change them"
        return None, [Problem(settings_file(stack), START, Rule.FILE_UNREADABLE, missing, advice)]
    return read_settings(state.settings, stack)


def _said_by(settings: Content) -> object:
    """All that a settings file says."""
    return said_by(read_document(settings, "", [])) if isinstance(settings, bytes) else settings


def _home(dataset: PushDataset | PullDataset) -> str:
    """The file that a dataset of this name belongs in: where it is right, the one that it is in."""
    return dataset.kind.file_of(dataset.name)


def _in_the_way(base: State, head: State) -> set[str]:
    """The files of the base in whose place the head has something that is no dataset file, and says so in a problem.

    That is a link, a folder or what cannot be read; the file itself with another ending; or what is no folder of
    datasets, in the place of one.
    """
    wrong = {problem.file for problem in head.found}
    renamed = {problem.file.rpartition(".")[0] for problem in head.found if problem.rule is Rule.FILE_EXTENSION}

    def blocked(file: DatasetFile) -> bool:
        return file.file in wrong or file.kind.folder in wrong or file.file.removesuffix(".yaml") in renamed

    return {file.file for file in base.files if blocked(file)} if wrong else set()
