"""One refusal, and the code of every kind of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from provisioner.changes.sentence import Sentence
from provisioner.reading.problem import START, Place


class Refusal(StrEnum):
    """Every kind of refusal; `REFUSAL_MEANINGS` says of what."""

    DELETE_ACTIVE = "delete-active"
    DELETE_UNREAD = "delete-unread"
    NAME_CHANGED = "name-changed"
    BUCKETS_RENAMED = "buckets-renamed"
    MANY_REMOVALS = "many-removals"


REFUSAL_MEANINGS: Final = {
    Refusal.DELETE_ACTIVE: "the file of a dataset is deleted that was not retired before the pull request",
    Refusal.DELETE_UNREAD: "a file is deleted of which today's rules cannot tell whether its dataset was retired",
    Refusal.NAME_CHANGED: "the name of a dataset changes: no bucket, prefix or role can be renamed",
    Refusal.BUCKETS_RENAMED: "a setting changes by which the buckets of all datasets would be other buckets",
    Refusal.MANY_REMOVALS: "more datasets are retired or deleted at once than the settings allow, and "
    "`approvals.yaml` does not list them",
}


@dataclass(frozen=True, kw_only=True)
class RefusalFound:
    """One refusal: what is refused, and what to do instead, step by step."""

    refusal: Refusal
    file: str
    place: Place = START
    dataset: str | None = None
    """The dataset's name; None for a refusal of the whole pull request."""
    what: Sentence
    steps: tuple[Sentence, ...]

    @property
    def order(self) -> tuple[int, str, Place, str]:
        """By kind, then by place."""
        return list(Refusal).index(self.refusal), self.file, self.place, str(self.what)
