"""Readers in other accounts and outside AWS who gain something."""

from collections import defaultdict
from collections.abc import Iterator

from provisioner.access.grants import Principal, PrincipalKind, Verb
from provisioner.access.web_identity import workloads_of
from provisioner.changes.change import GrantChange
from provisioner.changes.context import Context
from provisioner.changes.risks.risk import Risk, RiskFound, at
from provisioner.changes.sentence import Sentence, sentence
from provisioner.changes.workload import workload_words
from provisioner.datasets.model import PullDataset
from provisioner.settings import Settings


def gaining_readers(context: Context) -> Iterator[tuple[PullDataset, list[GrantChange]]]:
    """The pull datasets whose outside readers gain something, with what they gain."""
    gains = defaultdict(list)
    for change in context.grants:
        if change.widens and is_outside(change.latest.principal, context.comparison.after):
            gains[change.latest.dataset].append(change)
    for pair in context.comparison.affected:
        if isinstance(pair.after, PullDataset) and pair.after.name in gains:
            yield pair.after, gains[pair.after.name]


def is_outside(principal: Principal, settings: Settings) -> bool:
    """Whether somebody is a reader of another account, or of another cloud."""
    other_account = principal.kind is PrincipalKind.READER and principal.account_id != settings.account_id
    return other_account or principal.kind is PrincipalKind.WORKLOAD


def workloads(context: Context) -> Iterator[RiskFound]:
    """A reader outside AWS that no dataset has let in before: nobody of ours knows whose it is by its number."""
    seen = set(workloads_of(context.comparison.catalogue_before))
    for dataset, gains in gaining_readers(context):
        new = {one.latest.principal for one in gains if one.latest.principal.name not in seen}
        for principal in sorted(new, key=lambda one: one.name):
            if principal.workload is not None:
                words = workload_words(principal.workload)
                yield at(
                    Risk.WORKLOAD_NEW,
                    dataset,
                    principal.key,
                    Sentence(f"{{}} is the first dataset that lets in {words.words}", (dataset.name, *words.names)),
                    "Have the receiving team itself confirm these ids: AWS believes whoever holds such a token",
                )


def outside_write(context: Context) -> Iterator[RiskFound]:
    """A reader in another account who may write and might not before; for how long is another risk."""
    for dataset, gains in gaining_readers(context):
        new = (change.latest for change in gains if change.before is None)
        writers = {grant.principal for grant in new if grant.verb is Verb.WRITE}
        for writer in sorted(writers, key=lambda one: one.arn):
            who = workload_words(writer.workload) if writer.workload else sentence("{}", writer.arn)
            yield at(
                Risk.OUTSIDE_WRITE,
                dataset,
                "allow_push",
                Sentence(f"{who.words} gains **write** to the bucket of {{}}", (*who.names, dataset.name)),
                "Make sure that they are meant to put files into our bucket, and know who reads them",
            )
