"""One risk, and the code of every kind of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from provisioner.changes.sentence import Sentence, sentence
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.reading.problem import START, Place


class Risk(StrEnum):
    """Every kind of risk that a plan calls out, the gravest first; `RISK_MEANINGS` says when."""

    OUTSIDE_WRITE = "outside-write"
    EXPORT_DELETES = "export-deletes"
    ACCOUNT_UNKNOWN = "account-unknown"
    ACCOUNT_NEW = "account-new"
    WORKLOAD_NEW = "workload-new"
    TARGET_CHANGED = "target-changed"
    TARGET_ACCOUNT_REMOVED = "target-account-removed"
    TARGET_SHARED = "target-shared"
    EXPORT_SOURCE_CHANGED = "export-source-changed"
    EXPORT_QUERY_CHANGED = "export-query-changed"
    EXPORT_NEW = "export-new"
    UNSEALED = "unsealed"
    WIDENS_BEYOND = "widens-beyond"
    SETTINGS_CHANGED = "settings-changed"
    APPROVALS_CHANGED = "approvals-changed"
    MANY_DATASETS = "many-datasets"
    PAPERWORK_REMOVED = "paperwork-removed"
    PAPERWORK_MISSING = "paperwork-missing"
    EXPIRES_REMOVED = "expires-removed"
    EXPIRES_LATER = "expires-later"
    EXPORT_SCHEDULE_CHANGED = "export-schedule-changed"
    EXPORT_REMOVED = "export-removed"
    UNREAD_BEFORE = "unread-before"
    DATASET_DELETED = "dataset-deleted"
    DATASET_RETIRED = "dataset-retired"


RISK_MEANINGS: Final = {
    Risk.OUTSIDE_WRITE: "a reader in another account or outside AWS gains write",
    Risk.EXPORT_DELETES: "an export deletes rows of its source and did not, or by another statement than before",
    Risk.ACCOUNT_UNKNOWN: "a reader, a target bucket or its key is in an account that `known_accounts` does not name",
    Risk.ACCOUNT_NEW: "a reader, a target bucket or its key is in a known account that no dataset has named before",
    Risk.WORKLOAD_NEW: "a reader outside AWS gains access that no dataset has let in before",
    Risk.TARGET_CHANGED: "a push dataset's files go to another target bucket than before, or to another account's",
    Risk.TARGET_ACCOUNT_REMOVED: "a push dataset no longer says which account owns its target bucket: if the bucket is "
    "deleted, whoever makes one of its name receives the files",
    Risk.TARGET_SHARED: "a push dataset comes to a target bucket that another dataset uses too",
    Risk.EXPORT_SOURCE_CHANGED: "a dataset is exported from another database than before",
    Risk.EXPORT_QUERY_CHANGED: "an export selects other rows or fields than before, or has one task more",
    Risk.EXPORT_NEW: "a dataset's files are made by an export, and were not",
    Risk.UNSEALED: "a dataset is sealed no more: over-broad roles of our own account reach its data again",
    Risk.WIDENS_BEYOND: "access widens in other datasets than the one that the pull request names",
    Risk.SETTINGS_CHANGED: "settings change in the same pull request",
    Risk.APPROVALS_CHANGED: "`approvals.yaml` changes in the same pull request",
    Risk.MANY_DATASETS: "somebody gains access who then has more datasets than `many_datasets` was before",
    Risk.PAPERWORK_REMOVED: "an agreement is no longer named",
    Risk.PAPERWORK_MISSING: "a dataset that comes or widens names no agreement",
    Risk.EXPIRES_REMOVED: "access no longer ends by itself",
    Risk.EXPIRES_LATER: "access ends on a later day than before",
    Risk.EXPORT_SCHEDULE_CHANGED: "an export runs at other times than before",
    Risk.EXPORT_REMOVED: "a dataset's files are no longer made by an export",
    Risk.UNREAD_BEFORE: "what the file said before cannot be read by today's rules, so that all of it shows as new",
    Risk.DATASET_DELETED: "a retired dataset is deleted",
    Risk.DATASET_RETIRED: "a dataset is retired",
}


@dataclass(frozen=True, kw_only=True)
class RiskFound:
    """One risk, and where it stands."""

    risk: Risk
    file: str
    place: Place = START
    dataset: str | None = None
    """The dataset's name; None for a risk of the whole pull request."""
    what: Sentence
    advice: Sentence
    """What a reviewer should do about it."""

    @property
    def order(self) -> tuple[int, str, Place, str]:
        """By gravity, then by place."""
        return list(Risk).index(self.risk), self.file, self.place, str(self.what)


def at(risk: Risk, dataset: PushDataset | PullDataset, key: str, what: Sentence, advice: str) -> RiskFound:
    """A risk of a dataset, at one of its keys, or where that is not there at its first line."""
    place = dataset.places.get(key, START)
    return RiskFound(
        risk=risk, file=dataset.file, place=place, dataset=dataset.name, what=what, advice=sentence(advice)
    )
