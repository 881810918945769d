"""One thing in AWS that is not as the dataset files need it, and the code of every kind of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from provisioner.changes.sentence import Sentence, sentence
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.reading.problem import START, Place


class Check(StrEnum):
    """Every kind of finding; `CHECK_MEANINGS` says of what."""

    NOT_DEPLOYED = "not-deployed"
    DEPLOYED_OTHERWISE = "deployed-otherwise"
    BUCKET_TAKEN = "bucket-taken"
    USER_MISSING = "user-missing"
    READER_MISSING = "reader-missing"
    POLICIES_FULL = "policies-full"
    POLICIES_NEAR = "policies-near"


CHECK_MEANINGS: Final = {
    Check.NOT_DEPLOYED: "AWS does not have the bucket, the role or the attached policy that a dataset makes",
    Check.DEPLOYED_OTHERWISE: "the policy of a dataset's bucket, roles or users is another than its file means",
    Check.BUCKET_TAKEN: "a bucket of the name that a dataset makes belongs to another AWS account",
    Check.USER_MISSING: "a user's role is not there: its owner has left, or the name is misspelt",
    Check.READER_MISSING: "a reader of our own account is not there; those of other accounts cannot be looked up",
    Check.POLICIES_FULL: "somebody needs more managed policies than AWS attaches, other policies than ours included",
    Check.POLICIES_NEAR: "somebody needs as many managed policies as AWS attaches, or one less",
}

APPLY_OR_CHANGE: Final = "Apply; if somebody changed it in AWS for a reason, change the file by a pull request first"
"""What to do where AWS has something else than the files say."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding, at the line of the dataset file that it concerns."""

    check: Check
    file: str
    place: Place
    dataset: str | None
    """The dataset's name; None for what belongs to all of them."""
    what: Sentence
    advice: Sentence
    """What to do about it."""

    @property
    def order(self) -> tuple[str, Place, int, str]:
        """By place."""
        return self.file, self.place, list(Check).index(self.check), str(self.what)


def finding_at(check: Check, dataset: PushDataset | PullDataset, key: str, what: Sentence, advice: str) -> Finding:
    """A finding that concerns a dataset, at the line of one of its keys."""
    return Finding(
        check=check,
        file=dataset.file,
        place=dataset.places.get(key, START),
        dataset=dataset.name,
        what=what,
        advice=sentence(advice),
    )


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a look at AWS came to."""

    findings: tuple[Finding, ...]
    datasets: int
    """How many datasets were looked at."""
    notes: tuple[Sentence, ...]
    """What cannot be known from here."""
    refused: tuple[Sentence, ...]
    """What AWS did not answer, so that findings of that kind may be missing."""
