"""One thing that comes, changes or goes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from provisioner.access.grants import Grant
from provisioner.datasets.model import PullDataset, PushDataset

T = TypeVar("T")


class Change(StrEnum):
    """What becomes of a thing."""

    COMES = "comes"
    CHANGES = "changes"
    GOES = "goes"


@dataclass(frozen=True, kw_only=True)
class Pair(Generic[T]):
    """A thing as it was before and as it is after: the same object where nothing changes, None where it is not."""

    before: T | None
    after: T | None

    @property
    def latest(self) -> T:
        """The thing as it is after, or as it was if it goes."""
        latest = self.before if self.after is None else self.after
        if latest is None:
            raise ValueError("a pair of nothing and nothing")
        return latest

    @property
    def change(self) -> Change:
        """What becomes of it."""
        if self.before is None:
            return Change.COMES
        return Change.GOES if self.after is None else Change.CHANGES


@dataclass(frozen=True, kw_only=True)
class KeyChange:
    """What a key of a file says before and after: the value, or one item of a list; None where it does not say it."""

    key: str
    before: str | None
    after: str | None


class DatasetPair(Pair[PushDataset | PullDataset]):
    """A dataset before and after."""

    @property
    def retires(self) -> bool:
        """Whether it was active and is retired."""
        return self.before is not None and self.after is not None and self.after.retired and not self.before.retired


@dataclass(frozen=True, kw_only=True)
class DatasetChange(DatasetPair):
    """A dataset whose file changes, with the keys that say something else."""

    keys: tuple[KeyChange, ...]


class GrantChange(Pair[Grant]):
    """A grant that somebody gains or loses, or that has another last day."""

    @property
    def file(self) -> str:
        """The file of the dataset that grants it."""
        return self.latest.kind.file_of(self.latest.dataset)

    @property
    def widens(self) -> bool:
        """Whether somebody may do something that was not allowed, or may do it for longer."""
        if self.before is None or self.after is None:
            return self.before is None
        if self.before.until is None or self.after.until is None:
            return self.after.until is None
        return self.after.until > self.before.until


@dataclass(frozen=True, kw_only=True, order=True)
class ResourceChange:
    """An AWS resource that is made, changed or deleted."""

    type: str
    """Pulumi's type token, such as `aws:s3/bucket:Bucket`."""
    logical_name: str
    """The name in the Pulumi program, which the resource's URN ends in."""
    name: str
    """The name in AWS of the resource, or of that which it belongs to."""
    change: Change
    datasets: tuple[str, ...]
    """The files of the datasets that cause it."""
