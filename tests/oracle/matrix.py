"""Everybody asks for everything everywhere, and what must be answered."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from provisioner.access.grants import Grant, grants_of
from provisioner.datasets.keys import Kind
from tests.oracle.callers import Caller, Rank, account_of, callers
from tests.oracle.deployed import Deployed
from tests.oracle.meaning import DATA, LISTS, MANAGING, SEALED, UPLOADING, WHOLE_BUCKET, meant
from tests.oracle.simulator import Decision, Request, Simulator
from tests.support import TARGETS_ACCOUNT

TLS_1_3: Final = (("aws:SecureTransport", "true"), ("s3:TlsVersion", "1.3"))
TLS_1_2: Final = (("aws:SecureTransport", "true"), ("s3:TlsVersion", "1.2"))
TLS_1_1: Final = (("aws:SecureTransport", "true"), ("s3:TlsVersion", "1.1"))
PLAIN_HTTP: Final = (("aws:SecureTransport", "false"),)
BEFORE: Final = datetime.datetime(2027, 1, 1, 12, tzinfo=datetime.UTC)
"""A moment at which no dataset of any test has expired."""
FAR_OFF: Final = datetime.date(2099, 12, 31)
ELSEWHERE: Final = "some-other-bucket"
"""A bucket of our account that is not the stack's."""
_EVERYWHERE: Final = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
"""Asked of every object; what else is asked of objects, of one object a place."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One caller, one action, one place, one moment, one way to come."""

    caller: Caller
    action: str
    bucket: str
    key: str = ""
    """The object, or the prefix that is listed; empty for none."""
    at: datetime.datetime = BEFORE
    over: tuple[tuple[str, str], ...] = TLS_1_3


@dataclass(frozen=True)
class Matrix:
    """The questions about a stack, and what people would answer to each of them."""

    deployed: Deployed

    @cached_property
    def callers(self) -> tuple[Caller, ...]:
        """Everybody who asks."""
        return tuple(callers(self.deployed))

    @cached_property
    def places(self) -> tuple[tuple[str, str], ...]:
        """Buckets and keys, in and beside everything that the catalogue gives."""
        settings, catalogue = self.deployed.settings, self.deployed.catalogue
        keys = [key for push in catalogue.push for key in (f"{push.name}/deep/file.csv", push.name)]
        found = [(bucket, key) for bucket in (settings.export_bucket, *self.deployed.targets) for key in keys]
        others = (settings.export_bucket, settings.journal_bucket, *map(settings.pull_bucket, self._pulled), ELSEWHERE)
        return (*found, *((bucket, "file.csv") for bucket in others))

    @property
    def _pulled(self) -> list[str]:
        return [pull.name for pull in self.deployed.catalogue.pull]

    @cached_property
    def _grants(self) -> dict[str, list[Grant]]:
        found: dict[str, list[Grant]] = {}
        for grant in grants_of(self.deployed.catalogue, self.deployed.settings):
            found.setdefault(grant.principal.arn, []).append(grant)
        return found

    def whole(self) -> Iterator[Cell]:
        """Every caller, action and place, while everything lasts, and over a connection that is right."""
        buckets = sorted({bucket for bucket, _ in self.places})
        for caller in self.callers:
            for bucket, key in self.places:
                # A key that only begins like a dataset's is asked of for the sake of its prefix.
                actions = DATA | UPLOADING if key.endswith(".csv") else {*_EVERYWHERE}
                for action in sorted(actions | LISTS):
                    yield Cell(caller=caller, action=action, bucket=bucket, key=key)
            for bucket in buckets:
                for action in sorted(WHOLE_BUCKET | LISTS):
                    yield Cell(caller=caller, action=action, bucket=bucket)

    def ends(self) -> Iterator[Cell]:
        """Every grant that ends, a second before it ends and when it does; and every other on days far off."""
        for caller in self.callers:
            for grant in self._grants.get(caller.arn, ()):
                last = datetime.datetime.combine(grant.until or FAR_OFF, datetime.time(23, 59, 59), datetime.UTC)
                for action in sorted(meant(grant)):
                    key = "" if action in WHOLE_BUCKET else f"{grant.prefix}file.csv"
                    for at in (last, last + datetime.timedelta(seconds=1)):
                        yield Cell(caller=caller, action=action, bucket=grant.bucket, key=key, at=at)

    def connections(self) -> Iterator[Cell]:
        """Everybody reads, writes, lists and manages in the buckets of ours, over every kind of connection."""
        keys = {bucket: key for bucket, key in self.places if bucket in self.deployed.buckets and key.endswith(".csv")}
        for caller in self.callers:
            for bucket, key in keys.items():
                for over in (PLAIN_HTTP, TLS_1_1, TLS_1_2):
                    for action in ("s3:GetObject", "s3:PutObject", "s3:ListBucket"):
                        yield Cell(caller=caller, action=action, bucket=bucket, key=key, over=over)
                    yield Cell(caller=caller, action="s3:PutBucketPolicy", bucket=bucket, over=over)

    def expected(self, cell: Cell) -> bool:
        """What people would answer."""
        if cell.over in (PLAIN_HTTP, TLS_1_1) and cell.bucket in self.deployed.buckets:
            return False
        match cell.caller.rank:
            case Rank.GRANTED:
                return any(_covers(grant, cell) for grant in self._grants.get(cell.caller.arn, ()))
            case Rank.FORWARDER:
                return self._is_the_forwarders(cell)
            case Rank.DEPLOY:
                return cell.bucket in self.deployed.buckets and cell.action in MANAGING
            case Rank.ADMINISTRATOR:
                return cell.bucket not in self.deployed.targets and not (
                    cell.action in SEALED and self._is_sealed(cell)
                )
            case Rank.BREAK_GLASS:
                return cell.bucket not in self.deployed.targets

    def _is_the_forwarders(self, cell: Cell) -> bool:
        """What it remembers, and the names of what is pending."""
        settings = self.deployed.settings
        if cell.bucket == settings.journal_bucket:
            return cell.action in (*_EVERYWHERE, "s3:ListBucket")
        return (cell.bucket, cell.action) == (settings.export_bucket, "s3:ListBucket")

    def _is_sealed(self, cell: Cell) -> bool:
        settings, catalogue = self.deployed.settings, self.deployed.catalogue
        if cell.bucket == settings.export_bucket:
            return any(push.is_sealed(settings) and cell.key.startswith(push.prefix) for push in catalogue.push)
        return any(
            pull.is_sealed(settings) and settings.pull_bucket(pull.name) == cell.bucket for pull in catalogue.pull
        )

    def request(self, cell: Cell) -> Request:
        """What AWS is asked."""
        caller, settings = cell.caller, self.deployed.settings
        context = dict(cell.over)
        context["aws:CurrentTime"] = f"{cell.at:%Y-%m-%dT%H:%M:%SZ}"
        if caller.principal is not None:
            context["aws:PrincipalArn"] = caller.arn
            context["aws:PrincipalAccount"] = account_of(caller.arn)
            context["aws:userid"] = caller.user_id
        of_bucket = cell.action in WHOLE_BUCKET | LISTS
        if cell.action in LISTS and cell.key:
            context["s3:prefix"] = cell.key
        owner = self._owner(cell.bucket)
        context["aws:ResourceAccount"] = owner
        arn = settings.bucket_arn(cell.bucket)
        return Request(
            principal=caller.principal,
            action=cell.action,
            resource=arn if of_bucket else f"{arn}/{cell.key}",
            owner=owner,
            context=context,
            identity=caller.identity,
            resource_policy=self.deployed.buckets.get(cell.bucket) or self.deployed.targets.get(cell.bucket),
        )

    def _owner(self, bucket: str) -> str:
        """The account of a bucket: of a target, the one that the dataset names."""
        if bucket not in self.deployed.targets:
            return self.deployed.settings.account_id
        accounts = {push.bucket_account for push in self.deployed.catalogue.push if push.bucket == bucket} - {None}
        return accounts.pop() or TARGETS_ACCOUNT if accounts else TARGETS_ACCOUNT

    def _is_their_own(self, cell: Cell) -> bool:
        """Whether somebody asks in a target bucket of its own account: whom it lets in there is its own affair."""
        return cell.bucket in self.deployed.targets and f"::{self._owner(cell.bucket)}:" in cell.caller.arn

    def disagreements(self, simulator: Simulator, cells: Iterable[Cell]) -> list[str]:
        """Each question to which the documents give another answer than people would."""
        asked = [cell for cell in cells if not self._is_their_own(cell)]
        decisions = simulator.decide([self.request(cell) for cell in asked])
        return [
            f"{'should be allowed' if right else 'should be denied'}: {cell.caller.words}: {cell.action} on "
            f"{cell.bucket}/{cell.key} at {cell.at} over {dict(cell.over)}"
            for cell, decision in zip(asked, decisions, strict=True)
            if (right := self.expected(cell)) != (decision is Decision.ALLOWED)
        ]


def _covers(grant: Grant, cell: Cell) -> bool:
    """Whether what is asked is what the grant means, of a place within it, and not after its last day."""
    # What people are told, and not what the grant says: a prefix that had lost its slash would be right by itself.
    prefix = f"{grant.dataset}/" if grant.kind is Kind.PUSH else ""
    return (
        cell.bucket == grant.bucket
        # Unfinished uploads are listed of a bucket: AWS cannot be told of a prefix.
        and (cell.action in WHOLE_BUCKET or cell.key.startswith(prefix))
        and cell.action in meant(grant)
        and (grant.until is None or cell.at.date() <= grant.until)
    )
