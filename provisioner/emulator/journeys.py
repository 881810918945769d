"""What the tour tries, dataset by dataset: files that must arrive, and requests that must be refused."""

import datetime
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from provisioner.access.reader_roles import reader_role
from provisioner.datasets.model import Catalogue, Dataset, GoogleReader, PullDataset, PushDataset, Reader, Workload
from provisioner.emulator.arrivals import Arrivals
from provisioner.emulator.attempt import WrongError, must_be_refused, tried
from provisioner.emulator.embedded_aws import Credentials, EmbeddedAws
from provisioner.emulator.surroundings import Surroundings
from provisioner.reporting.sightings import Sighting
from provisioner.settings import Settings

DELIVERY_SECONDS: Final = 60.0
"""How long a file may take to its target; the first takes some two seconds, for the function starts cold."""
FILES: Final = ("returns.csv", "50% café + 1.csv")
"""What is written under each prefix. The second name has everything that S3 writes otherwise in its events."""
_METADATA: Final = {"made-by": "the tour"}
_TAGS: Final = {"purpose": "tour"}
_CONTENT: Final = b"id,value\n1,one\n"


@dataclass(frozen=True)
class _Sent:
    """A file that a user has written and that is on its way."""

    dataset: PushDataset
    user: str
    key: str
    at: float


class Journeys:
    """Tries every dataset of a catalogue on an embedded AWS that it has been provisioned on."""

    def __init__(
        self,
        aws: EmbeddedAws,
        surroundings: Surroundings,
        catalogue: Catalogue,
        settings: Settings,
        today: datetime.date,
    ) -> None:
        """Nothing is tried yet."""
        self._aws = aws
        self._surroundings = surroundings
        self._catalogue = catalogue
        self._settings = settings
        self._today = today
        self._arrivals = Arrivals(aws, catalogue, settings)

    def push(self) -> Iterator[Sighting]:
        """Each push dataset: its files are delivered, and nobody else may write there."""
        sent: list[_Sent] = []
        for dataset in self._catalogue.push:
            user = dataset.users[0]
            if self.is_open(dataset):
                for name in FILES:
                    key = f"{dataset.prefix}{name}"
                    written = tried("write", user, self._export(key), self._write, user, key)
                    if written.failure:
                        yield written
                    else:
                        sent.append(_Sent(dataset, user, key, time.monotonic()))
            else:
                yield self._refused("refuse a write, ended", user, dataset.prefix, self._surroundings.as_user(user))
            who, credentials = self._somebody_else(dataset)
            yield self._refused("refuse a write", who, dataset.prefix, credentials)
        for file in sent:
            yield self._delivered(file)

    def _somebody_else(self, dataset: PushDataset) -> tuple[str, Credentials]:
        """Somebody of our account who is no user of the dataset, and the credentials to be that."""
        other = next((user for user in self._catalogue.users if user not in dataset.users), None)
        if other is not None:
            return other, self._surroundings.as_user(other)
        return "a stranger of ours", self._surroundings.as_stranger(self._settings.account_id)

    def pull(self) -> Iterator[Sighting]:
        """Each pull dataset: its readers read what its users write, and nobody else does."""
        for dataset in self._catalogue.pull:
            bucket = self._settings.pull_bucket(dataset.name)
            user = dataset.users[0]
            where = f"{bucket}/{FILES[0]}"
            if self.is_open(dataset):
                yield tried("write", user, where, self._put, self._surroundings.as_user(user), bucket, FILES[0])
            else:
                self._aws.client("s3").put_object(Bucket=bucket, Key=FILES[0], Body=_CONTENT)
            for reader in dataset.pull_arns:
                yield from self._reading(dataset, reader)
            for workload in dataset.workloads:
                yield from self._by_web_identity(dataset, workload)
            for account_id in sorted({reader.account_id for reader in dataset.pull_arns}):
                stranger = self._surroundings.as_stranger(account_id)
                who = f"a stranger of {self._account(account_id)}"
                yield tried("refuse a read", who, where, self._get_refused, stranger, bucket)
            if dataset.is_sealed(self._settings):
                administrator = self._surroundings.as_administrator()
                yield tried(
                    "refuse a read", "an administrator of ours", where, self._get_refused, administrator, bucket
                )

    def _reading(self, dataset: PullDataset, reader: Reader) -> Iterator[Sighting]:
        bucket = self._settings.pull_bucket(dataset.name)
        who = f"{reader.name} of {self._account(reader.account_id)}"
        credentials = self._surroundings.as_reader(reader)
        where = f"{bucket}/{FILES[0]}"
        if not self.is_open(dataset):
            yield tried("refuse a read, ended", who, where, self._get_refused, credentials, bucket)
            return
        yield tried("read", who, where, self._get, credentials, bucket)
        where = f"{bucket}/from-outside.csv"
        if dataset.allow_push:
            yield tried("write", who, where, self._put, credentials, bucket, "from-outside.csv")
        else:
            yield tried("refuse a write", who, where, self._put_refused, credentials, bucket, "from-outside.csv")

    def _by_web_identity(self, dataset: PullDataset, workload: Workload) -> Iterator[Sighting]:
        """A reader outside AWS assumes its role and reads; with a token that is made for somebody else it does not."""
        bucket = self._settings.pull_bucket(dataset.name)
        where = f"{bucket}/{FILES[0]}"
        cloud = "Google Cloud" if isinstance(workload, GoogleReader) else "Azure"
        who = f"{workload.identity} of {cloud}"

        def read() -> None:
            self._get(self._surroundings.as_workload(workload), bucket)

        def assume_refused() -> None:
            must_be_refused(lambda: self._surroundings.as_workload(workload, audience="https://another.example"))

        if self.is_open(dataset):
            yield tried("read, by a token", who, where, read)
        elif not dataset.retired:
            credentials = self._surroundings.as_workload(workload)
            yield tried("refuse a read, ended", who, where, self._get_refused, credentials, bucket)
        yield tried("refuse a token", who, reader_role(workload), assume_refused)

    def _account(self, account_id: str) -> str:
        return self._settings.account_name(account_id) or account_id

    def is_open(self, dataset: Dataset) -> bool:
        """Whether the dataset's access has not ended."""
        return not dataset.retired and (dataset.expires is None or dataset.expires >= self._today)

    def _export(self, key: str) -> str:
        return f"{self._settings.export_bucket}/{key}"

    def _refused(self, what: str, who: str, prefix: str, credentials: Credentials) -> Sighting:
        bucket, key = self._settings.export_bucket, f"{prefix}{FILES[0]}"
        return tried(what, who, self._export(key), self._put_refused, credentials, bucket, key)

    def _write(self, user: str, key: str) -> None:
        self._aws.client("s3", credentials=self._surroundings.as_user(user)).put_object(
            Bucket=self._settings.export_bucket, Key=key, Body=_CONTENT, Metadata=_METADATA, Tagging=urlencode(_TAGS)
        )

    def _put(self, credentials: Credentials, bucket: str, key: str) -> None:
        self._aws.client("s3", credentials=credentials).put_object(Bucket=bucket, Key=key, Body=_CONTENT)

    def _get(self, credentials: Credentials, bucket: str) -> None:
        read = self._aws.client("s3", credentials=credentials).get_object(Bucket=bucket, Key=FILES[0])
        if read["Body"].read() != _CONTENT:
            raise WrongError("what was read is not what was written")

    def _put_refused(self, credentials: Credentials, bucket: str, key: str) -> None:
        must_be_refused(lambda: self._put(credentials, bucket, key))

    def _get_refused(self, credentials: Credentials, bucket: str) -> None:
        must_be_refused(lambda: self._get(credentials, bucket))

    def _delivered(self, file: _Sent) -> Sighting:
        """Wait for a file at its target; then it must be whole there, and gone or kept here as the dataset says."""
        where = f"{file.key} -> {file.dataset.bucket}"
        what = "deliver and keep" if file.dataset.keep_files else "deliver"

        def sighting(failure: str | None) -> Sighting:
            seconds = time.monotonic() - file.at
            return Sighting(what=what, who=file.user, where=where, seconds=seconds, failure=failure)

        dataset, key = file.dataset, file.key
        while not self._arrivals.has_arrived(dataset, key):
            if time.monotonic() - file.at > DELIVERY_SECONDS:
                there = self._arrivals.is_there(dataset, key)
                missing = "is at the target, but still here" if there else "did not arrive"
                return sighting(
                    f"the file {missing} after {DELIVERY_SECONDS:.0f} s; the forwarder's log ends:\n{self._log()}"
                )
            time.sleep(0.05)
        target = self._arrivals.target(dataset)
        arrived = target.get_object(Bucket=dataset.bucket, Key=key)
        tags = target.get_object_tagging(Bucket=dataset.bucket, Key=key)["TagSet"]
        if arrived["Body"].read() != _CONTENT:
            return sighting("what arrived is not what was written")
        if arrived["Metadata"] != _METADATA or {tag["Key"]: tag["Value"] for tag in tags} != _TAGS:
            return sighting("what arrived lost its metadata or its tags")
        return sighting(None)

    def _log(self) -> str:
        lines = [line for line in self._aws.log_tail(200).splitlines() if line.startswith("{")]
        return "\n".join(lines[-3:]) or self._aws.log_tail(5)
