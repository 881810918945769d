"""Datasets whose name changes."""

from collections.abc import Hashable, Iterator

from provisioner.changes.change import Change, DatasetPair
from provisioner.changes.comparison import Comparison
from provisioner.changes.context import Context
from provisioner.changes.refusals.refusal import Refusal, RefusalFound
from provisioner.changes.sentence import sentence
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.reading.problem import START


def names(context: Context) -> Iterator[RefusalFound]:
    """A name that changes in its file, with problems there or without, or together with the file's."""
    comparison = context.comparison
    for now in comparison.checked.readable:
        was = comparison.names_before.get(now.file)
        if was is not None and was != now.name:
            yield _renamed(was, now)
    for pair, heir in leaving(comparison):
        if heir is not None:
            yield _renamed(pair.latest.name, heir)


def leaving(comparison: Comparison) -> Iterator[tuple[DatasetPair, PushDataset | PullDataset | None]]:
    """The datasets whose file is deleted while they are active, each with the one that comes in its place, if any.

    That is one of its kind with the same users, and the same target or readers: most likely the same under another
    name.
    """
    coming = (pair.latest for pair in comparison.changed if pair.change is Change.COMES)
    heirs = {_likeness(dataset): dataset for dataset in coming}
    for pair in comparison.changed:
        gone = pair.change is Change.GOES and pair.latest.file not in comparison.files_after
        if gone and not pair.latest.retired:
            yield pair, heirs.get(_likeness(pair.latest))


def _likeness(dataset: PushDataset | PullDataset) -> Hashable:
    """What stays the same of a dataset that is given another name."""
    return dataset.users, dataset.bucket if isinstance(dataset, PushDataset) else (dataset.pull_arns, dataset.workloads)


def _renamed(old: str, now: PushDataset | PullDataset) -> RefusalFound:
    thing = "bucket" if isinstance(now, PullDataset) else "prefix and role"
    return RefusalFound(
        refusal=Refusal.NAME_CHANGED,
        file=now.file,
        place=now.places.get("name", START),
        dataset=now.name,
        what=sentence("{} becomes {}, and its " + thing + " cannot be renamed", old, now.name),
        steps=(
            sentence("leave the file of {} as it was, and add {} beside it, as a dataset of its own", old, now.name),
            sentence(
                "once everybody uses {}, retire {} with 'status: retired' in another pull request, and delete its "
                "file in a third",
                now.name,
                old,
            ),
        ),
    )
