"""A dataset, typed and frozen: what a file says once it is known to be right."""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NamedTuple, Self

from provisioner.datasets.keys import Kind
from provisioner.exports.model import Export
from provisioner.reading.problem import Place
from provisioner.settings import Settings


class Reader(NamedTuple):
    """An IAM role or user that may read a pull dataset."""

    arn: str
    account_id: str
    kind: str
    """`role` or `user`."""
    name: str
    """Without its path."""


class GoogleReader(NamedTuple):
    """A service account of Google Cloud that may read a pull dataset."""

    service_account_id: str
    """Its numeric unique id, which no other account ever gets."""
    audience: str
    """Whom its tokens must be made for."""

    @property
    def identity(self) -> str:
        """What tells it apart in its own cloud."""
        return self.service_account_id


class AzureReader(NamedTuple):
    """A managed identity, or the service principal of an application, of Azure that may read a pull dataset."""

    tenant: str
    """The GUID of the Microsoft Entra tenant, in lower case."""
    audience: str
    """The id URI of the application that its tokens must be made for."""
    object_id: str
    """The GUID of the identity, in lower case."""

    @property
    def identity(self) -> str:
        """What tells it apart in its own tenant."""
        return self.object_id


Workload = GoogleReader | AzureReader
"""A reader outside AWS: it proves who it is by a token of its own cloud."""


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """What the two kinds have in common."""

    name: str
    users: tuple[str, ...]
    description: str | None = None
    contact: str | None = None
    paperwork: tuple[str, ...] = ()
    expires: datetime.date | None = None
    """The last day of access, UTC."""
    retired: bool = False
    sealed: bool = False
    export: Export | None = None
    """How its files are made, where that is said."""
    file: str
    places: Mapping[str, Place]
    """The line and column of each key that the file has."""

    @property
    def scheduled(self) -> Export | None:
        """Its export, where AWS runs it: a schedule says when. A retired dataset gets no more files."""
        return self.export if self.export and self.export.schedule and not self.retired else None

    def is_sealed(self, settings: Settings) -> bool:
        """Whether nobody but its own principals touches its data: the file says so, or the settings for all."""
        return self.sealed or settings.sealed


@dataclass(frozen=True, kw_only=True)
class PushDataset(Dataset):
    """Users write under a prefix of the export bucket; a forwarder copies to the target bucket."""

    bucket: str
    bucket_account: str | None = None
    """The 12-digit id of the account that owns the target bucket."""
    keep_files: bool = False
    kms_key_arn: str | None = None

    kind: ClassVar = Kind.PUSH

    @property
    def prefix(self) -> str:
        """The prefix of its files, in the export bucket and in the target bucket."""
        return f"{self.name}/"


@dataclass(frozen=True, kw_only=True)
class PullDataset(Dataset):
    """A bucket of its own, that outside roles read."""

    pull_arns: tuple[Reader, ...] = ()
    pull_google: tuple[GoogleReader, ...] = ()
    pull_azure: tuple[AzureReader, ...] = ()
    allow_push: bool = False
    bucket_versioning: bool = False

    kind: ClassVar = Kind.PULL

    @property
    def workloads(self) -> tuple[Workload, ...]:
        """The readers outside AWS."""
        return (*self.pull_google, *self.pull_azure)


@dataclass(frozen=True)
class Catalogue:
    """All datasets of a checkout, in the order of their files' names."""

    push: tuple[PushDataset, ...]
    pull: tuple[PullDataset, ...]

    @classmethod
    def of(cls, datasets: Iterable[PushDataset | PullDataset]) -> Self:
        """The catalogue of some datasets."""
        found = tuple(datasets)
        return cls(
            push=tuple(dataset for dataset in found if isinstance(dataset, PushDataset)),
            pull=tuple(dataset for dataset in found if isinstance(dataset, PullDataset)),
        )

    def __iter__(self) -> Iterator[PushDataset | PullDataset]:
        """Push datasets, then pull datasets."""
        yield from self.push
        yield from self.pull

    def __len__(self) -> int:
        """How many datasets there are, of both kinds."""
        return len(self.push) + len(self.pull)

    @cached_property
    def users(self) -> tuple[str, ...]:
        """Every user of any dataset, sorted."""
        return tuple(sorted({user for dataset in self for user in dataset.users}))

    @cached_property
    def times_used(self) -> Counter[str]:
        """How many datasets each user has, by the name in lower case: as IAM tells roles apart."""
        return Counter(user.lower() for dataset in self for user in dataset.users)
