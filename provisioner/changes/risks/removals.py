"""Datasets that are retired or deleted."""

from collections.abc import Iterator

from provisioner.changes.change import Change, DatasetPair
from provisioner.changes.risks.risk import Context, Risk, RiskFound, at
from provisioner.changes.sentence import sentence
from provisioner.datasets.model import PushDataset


def removals(context: Context) -> Iterator[RiskFound]:
    for pair in context.comparison.changed:
        if pair.retires:
            yield at(
                Risk.DATASET_RETIRED,
                pair.latest,
                "status",
                sentence("{} is retired: outside access and user writes end, the data stays", pair.latest.name),
                "Make sure that the receiving team knows",
            )
        elif pair.change is Change.GOES and pair.before is not None and pair.before.retired:
            yield _deleted(pair)


def _deleted(pair: DatasetPair) -> RiskFound:
    dataset = pair.latest
    if isinstance(dataset, PushDataset):
        what = sentence("{} is deleted: nobody looks after what is left under its prefix", dataset.name)
        advice = "Make sure that its prefix is empty, earlier versions included"
    else:
        what = sentence("{} is deleted, with its bucket: AWS refuses that unless it is empty", dataset.name)
        advice = "Make sure that its bucket is empty, earlier versions included; otherwise the deployment stops there"
    return at(Risk.DATASET_DELETED, dataset, "", what, advice)
