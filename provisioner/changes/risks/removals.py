"""Datasets that are retired or deleted."""

from collections.abc import Iterator

from provisioner.changes.change import Change
from provisioner.changes.context import Context
from provisioner.changes.risks.risk import Risk, RiskFound, at
from provisioner.changes.sentence import sentence
from provisioner.datasets.model import PullDataset, PushDataset


def removals(context: Context) -> Iterator[RiskFound]:
    """A dataset that is retired, or that was and is deleted; what was active and is deleted is refused."""
    for pair in context.comparison.changed:
        if pair.retires:
            yield at(
                Risk.DATASET_RETIRED,
                pair.latest,
                "status",
                sentence("{} is retired: outside access and user writes end, the data stays", pair.latest.name),
                "Make sure that the receiving team knows",
            )
        elif pair.change is Change.GOES and pair.latest.retired:
            yield _deleted(pair.latest)


def _deleted(dataset: PushDataset | PullDataset) -> RiskFound:
    if isinstance(dataset, PushDataset):
        what = sentence("{} is deleted: nobody looks after what is left under its prefix", dataset.name)
        advice = "Make sure that its prefix is empty, earlier versions included"
    else:
        what = sentence("{} is deleted, with its bucket: AWS refuses that unless it is empty", dataset.name)
        advice = "Make sure that its bucket is empty, earlier versions included; otherwise the deployment stops there"
    return RiskFound(
        risk=Risk.DATASET_DELETED, file=dataset.file, dataset=dataset.name, what=what, advice=sentence(advice)
    )
