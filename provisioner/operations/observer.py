"""AWS, asked how the deliveries stand. It changes nothing: a dead letter that was looked at is put back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from botocore.exceptions import ClientError

from provisioner.datasets.model import PushDataset
from provisioner.failure import UnavailableError
from provisioner.live.answers import Refusals, in_words
from provisioner.live.session import PATIENT, THREADS, OwnSession
from provisioner.operations.backlog import Backlog, Written, backlog
from provisioner.operations.deliveries import last_deliveries
from provisioner.operations.journal import Journal, key_id
from provisioner.operations.letter import Letter, look
from provisioner.operations.queues import Queues
from provisioner.operations.status import (
    QueueStatus,
    Seen,
    Status,
    dataset_status,
    unknown_letters,
)
from provisioner.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_s3 import S3Client

_KINDS: Final = ("troubles", "uploads")
_T = TypeVar("_T")


class Observer:
    """Asks with the credentials at hand."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is asked yet.

        Raises:
            UnavailableError: the AWS configuration of this machine cannot be used.
        """
        self._settings = settings
        self._refusals = Refusals("docs/operations.md")
        with in_words():
            self._session = OwnSession(settings)
            self._s3: S3Client = self._session.boto.client("s3", config=PATIENT)
            self._cloudwatch: CloudWatchClient = self._session.boto.client("cloudwatch", config=PATIENT)
            self._queues = Queues(self._session.boto.client("sqs", config=PATIENT), settings)
            self._journal = Journal(self._s3, settings.journal_bucket)

    def status(self, chosen: Sequence[PushDataset], known: Sequence[PushDataset], now: datetime) -> Status:
        """How the datasets that are chosen among those that are known stand.

        Raises:
            UnavailableError: there are no credentials, or of another account, AWS cannot be reached, or the stack is
                not deployed.
        """
        with in_words(), _deployed(), ThreadPoolExecutor(THREADS) as pool:
            self._session.check_account()
            queue, letters = self._queue()
            noted = {kind: self._listed(partial(self._journal.datasets_with, kind)) for kind in _KINDS}
            names = [dataset.name for dataset in chosen]
            delivered = self._refusals.asked(
                "cloudwatch:GetMetricData", lambda: last_deliveries(self._cloudwatch, names, now)
            )
            own = _by_dataset(letters)
            seen = pool.map(lambda dataset: self._seen(dataset, noted), chosen)
            return Status(
                at=now,
                datasets=tuple(
                    dataset_status(
                        dataset,
                        one,
                        own.get(dataset.name, ()),
                        (delivered or {}).get(dataset.name),
                        now,
                        self._settings,
                    )
                    for dataset, one in zip(chosen, seen, strict=True)
                ),
                queue=queue,
                sweep=self._refusals.asked("s3:GetObject", self._journal.last_sweep),
                unknown=unknown_letters(letters, {dataset.name for dataset in known}),
                refused=self._refusals.sentences,
            )

    def _queue(self) -> tuple[QueueStatus, list[Letter]]:
        """The queue as a whole, and what lies in the dead-letter queue."""
        urls = self._refusals.asked("sqs:GetQueueUrl", lambda: (self._queues.queue, self._queues.dead_letters))
        if urls is None:
            return QueueStatus(counts=None, dead_letters=None, looked_at=0), []
        queue, dead = (
            self._refusals.asked("sqs:GetQueueAttributes", partial(self._queues.counts, url)) for url in urls
        )
        letters = self._refusals.asked("sqs:ReceiveMessage", self._letters) or []
        return QueueStatus(counts=queue, dead_letters=dead.all if dead else None, looked_at=len(letters)), letters

    def _letters(self) -> list[Letter]:
        def put_back(handles: list[str]) -> None:
            self._refusals.asked("sqs:ChangeMessageVisibility", partial(self._queues.put_back, handles))

        return look(self._queues, put_back)

    def _seen(self, dataset: PushDataset, noted: Mapping[str, frozenset[str] | None]) -> Seen:
        """What the journal and the export bucket have of a dataset: the journal first, for what it says is pending."""
        troubles, unread = self._notes(self._journal.troubles, dataset.name in (noted["troubles"] or ()), dataset.name)
        uploads, more = self._notes(self._journal.uploads, dataset.name in (noted["uploads"] or ()), dataset.name)
        ids = frozenset(troubles) | frozenset(uploads)
        return Seen(
            backlog=self._listed(lambda: self._backlog(dataset, ids)),
            troubles=troubles,
            uploads=uploads,
            unread=unread + more,
        )

    def _notes(
        self, read: Callable[[str], tuple[dict[str, _T], int]], there: bool, dataset: str
    ) -> tuple[dict[str, _T], int]:
        found = self._refusals.asked("s3:GetObject", lambda: read(dataset)) if there else None
        return found or ({}, 0)

    def _backlog(self, dataset: PushDataset, ids: frozenset[str]) -> Backlog:
        receipts = self._journal.receipts(dataset.name) if dataset.keep_files else None

        def delivered(one: Written) -> bool:
            return receipts is not None and receipts.has(one.key, one.etag)

        return backlog(self._listing(dataset), delivered, ids, key_id)

    def _listing(self, dataset: PushDataset) -> Iterator[Written]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._settings.export_bucket, Prefix=dataset.prefix
        )
        for page in pages:
            for found in page.get("Contents", []):
                yield Written(found["Key"], found["ETag"], found["Size"], found["LastModified"])

    def _listed(self, ask: Callable[[], _T]) -> _T | None:
        return self._refusals.asked("s3:ListBucket", ask)


def _by_dataset(letters: Iterable[Letter]) -> dict[str | None, list[Letter]]:
    found: dict[str | None, list[Letter]] = {}
    for letter in letters:
        found.setdefault(letter.dataset, []).append(letter)
    return found


@contextmanager
def _deployed() -> Iterator[None]:
    """Say so where a bucket is not there.

    Raises:
        UnavailableError: it is not.
    """
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
        raise UnavailableError(
            "the export bucket or its journal is not there: apply first; `provisioner check-live` says more"
        ) from error
