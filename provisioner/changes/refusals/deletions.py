"""Files that are deleted of datasets that were not retired before."""

from collections.abc import Iterator

from provisioner.changes.context import Context
from provisioner.changes.refusals.names import leaving
from provisioner.changes.refusals.refusal import Refusal, RefusalFound
from provisioner.changes.sentence import sentence
from provisioner.datasets.model import PullDataset, PushDataset


def active(context: Context) -> Iterator[RefusalFound]:
    """The deleted files of datasets that were active; not those that come back under another name."""
    for pair, heir in leaving(context.comparison):
        if heir is None:
            yield _deleted(pair.latest)


def _deleted(dataset: PushDataset | PullDataset) -> RefusalFound:
    held = "its bucket" if isinstance(dataset, PullDataset) else "its prefix"
    return RefusalFound(
        refusal=Refusal.DELETE_ACTIVE,
        file=dataset.file,
        dataset=dataset.name,
        what=sentence("the file of {} is deleted, and it was not retired before this pull request", dataset.name),
        steps=(
            sentence(
                "put {} back with 'status: retired', and have that merged: access ends, the data stays (to retire it "
                "in an earlier commit of the same pull request is not enough)",
                dataset.file,
            ),
            sentence("see that " + held + " is empty; then delete the file in a pull request of its own"),
        ),
    )


def unread(context: Context) -> Iterator[RefusalFound]:
    """The deleted files that might have been of active datasets: what they said cannot be read."""
    for file in sorted(context.comparison.unread_before - context.comparison.files_after):
        yield RefusalFound(
            refusal=Refusal.DELETE_UNREAD,
            file=file,
            what=sentence("{} is deleted, and what it said before cannot be read", file),
            steps=(
                sentence("put it back, mended, with 'status: retired', and have that merged"),
                sentence("see that nothing of it is left; then delete the file in a pull request of its own"),
            ),
        )
