"""Who may do what: the meaning of a catalogue, from which policies, plans and pages are made."""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from enum import StrEnum
from typing import Final, NamedTuple

from provisioner.access.reader_roles import reader_role
from provisioner.datasets.keys import Kind
from provisioner.datasets.model import Catalogue, GoogleReader, PullDataset, PushDataset, Workload
from provisioner.settings import Settings


class Verb(StrEnum):
    """What a grant lets its principal do."""

    READ = "read"
    WRITE = "write"
    LIST = "list"
    DELIVER = "deliver"
    """Read, and delete once it is copied."""


class PrincipalKind(StrEnum):
    """What somebody is to a dataset."""

    USER = "user"
    """A platform user: a role of our account."""
    READER = "reader"
    """A role or user that a pull dataset lists."""
    WORKLOAD = "workload"
    """A reader outside AWS, who works as a reader role of our account."""
    DELIVERY = "delivery"
    """The role that carries a push dataset's files to their target."""
    EXPORTER = "exporter"
    """The role that makes a dataset's files, on a schedule."""


OWN_ROLES: Final = frozenset({PrincipalKind.DELIVERY, PrincipalKind.EXPORTER})
"""Those who are roles of one dataset, and have a policy of their own."""

Person = tuple[bool, str]
"""Whether it is a role (otherwise an IAM user), and its name in lower case: as IAM tells apart who is in an account.

IAM has one role, and one user, of a name in an account, whatever its path and capitals.
"""


class Principal(NamedTuple):
    """Somebody to whom something is granted."""

    kind: PrincipalKind
    arn: str
    account_id: str
    name: str
    """The name of the role or user, without its path."""
    is_role: bool = True
    workload: Workload | None = None
    """Who works as it, where it is a reader role."""

    @property
    def person(self) -> Person:
        """The one whom IAM knows in the account, however a file spells it."""
        return self.is_role, self.name.lower()

    @property
    def key(self) -> str:
        """The key of a dataset's file that makes it one; a delivery role is listed nowhere, and goes by the name."""
        match self.kind:
            case PrincipalKind.USER:
                return "users"
            case PrincipalKind.READER:
                return "pull_arns"
            case PrincipalKind.WORKLOAD:
                return "pull_google" if isinstance(self.workload, GoogleReader) else "pull_azure"
            case PrincipalKind.DELIVERY:
                return "name"
            case PrincipalKind.EXPORTER:
                return "export"


class Grant(NamedTuple):
    """One principal may do one thing in one place until a date. There are many: a tuple is made soonest."""

    principal: Principal
    verb: Verb
    kind: Kind
    dataset: str
    """The kind and the name of the dataset that grants it."""
    bucket: str
    prefix: str = ""
    """What the keys begin with; empty for the whole bucket."""
    until: datetime.date | None = None
    """The last day, UTC; None for no end."""


def grants_of(datasets: Iterable[PushDataset | PullDataset], settings: Settings) -> Iterator[Grant]:
    """Every grant of a catalogue, or of some datasets, dataset by dataset."""
    for dataset in datasets:
        yield from grants_of_dataset(dataset, settings)


def grants_of_dataset(dataset: PushDataset | PullDataset, settings: Settings) -> Iterator[Grant]:
    """Every grant of one dataset."""
    if isinstance(dataset, PushDataset):
        return push_grants(dataset, settings)
    return pull_grants(dataset, settings)


def push_grants(dataset: PushDataset, settings: Settings) -> Iterator[Grant]:
    """Users write under the prefix and list it; the delivery role carries its files to the target.

    Delivery has no end: what was written on the last day must still arrive.
    """
    verbs = (Verb.LIST,) if dataset.retired else (Verb.WRITE, Verb.LIST)
    for user in dataset.users:
        principal = user_principal(user, settings)
        for verb in verbs:
            yield Grant(
                principal=principal,
                verb=verb,
                bucket=settings.export_bucket,
                prefix=dataset.prefix,
                until=dataset.expires,
                kind=dataset.kind,
                dataset=dataset.name,
            )
    yield from exporter_grants(dataset, settings)
    yield from delivery_grants(dataset, settings)


def exporter_grants(dataset: PushDataset | PullDataset, settings: Settings) -> Iterator[Grant]:
    """The exporter writes where the dataset's users do, and sees what is there; none, where nothing is scheduled."""
    if dataset.scheduled is None:
        return
    if isinstance(dataset, PushDataset):
        bucket, prefix = settings.export_bucket, dataset.prefix
    else:
        bucket, prefix = settings.pull_bucket(dataset.name), ""
    for verb in (Verb.WRITE, Verb.LIST):
        yield Grant(
            principal=exporter_principal(dataset, settings),
            verb=verb,
            bucket=bucket,
            prefix=prefix,
            until=dataset.expires,
            kind=dataset.kind,
            dataset=dataset.name,
        )


def delivery_grants(dataset: PushDataset, settings: Settings) -> Iterator[Grant]:
    """The delivery role takes from its own prefix, and writes under the same prefix of its own target."""
    role = delivery_principal(dataset, settings)
    carry = Verb.READ if dataset.keep_files else Verb.DELIVER
    for verb, bucket in (
        (carry, settings.export_bucket),
        (Verb.LIST, settings.export_bucket),
        (Verb.WRITE, dataset.bucket),
    ):
        yield Grant(
            principal=role,
            verb=verb,
            bucket=bucket,
            prefix=dataset.prefix,
            kind=dataset.kind,
            dataset=dataset.name,
        )


def pull_grants(dataset: PullDataset, settings: Settings) -> Iterator[Grant]:
    """Users read, write and list the bucket; the listed readers read and list it, and write if the dataset says so."""
    bucket = settings.pull_bucket(dataset.name)
    users = (Verb.READ, Verb.LIST) if dataset.retired else (Verb.READ, Verb.WRITE, Verb.LIST)
    readers = reader_verbs(dataset)
    principals: list[tuple[Principal, tuple[Verb, ...]]] = []
    principals += [(user_principal(user, settings), users) for user in dataset.users]
    if readers:
        principals += [(principal, readers) for principal in reader_principals(dataset)]
        principals += [(principal, readers) for principal in workload_principals(dataset, settings)]
    for principal, verbs in principals:
        for verb in verbs:
            yield Grant(
                principal=principal,
                verb=verb,
                bucket=bucket,
                until=dataset.expires,
                kind=dataset.kind,
                dataset=dataset.name,
            )
    yield from exporter_grants(dataset, settings)


def reader_verbs(dataset: PullDataset) -> tuple[Verb, ...]:
    """What each reader of a pull dataset may do; nothing, once it is retired."""
    if dataset.retired:
        return ()
    return (Verb.READ, Verb.WRITE, Verb.LIST) if dataset.allow_push else (Verb.READ, Verb.LIST)


def user_principal(user: str, settings: Settings) -> Principal:
    """The role of our account that a platform user works as."""
    return Principal(PrincipalKind.USER, settings.role_arn(user), settings.account_id, user)


def reader_principals(dataset: PullDataset) -> Iterator[Principal]:
    """The roles and users that a pull dataset lists."""
    for arn, account_id, kind, name in dataset.pull_arns:
        yield Principal(PrincipalKind.READER, arn, account_id, name, is_role=kind == "role")


def workload_principals(dataset: PullDataset, settings: Settings) -> Iterator[Principal]:
    """The reader roles of those whom a pull dataset lets in from outside AWS."""
    for workload in dataset.workloads:
        role = reader_role(workload)
        yield Principal(PrincipalKind.WORKLOAD, settings.role_arn(role), settings.account_id, role, workload=workload)


def delivery_principal(dataset: PushDataset, settings: Settings) -> Principal:
    """The role that delivers a push dataset."""
    name = settings.delivery_role(dataset.name)
    return Principal(PrincipalKind.DELIVERY, settings.delivery_role_arn(dataset.name), settings.account_id, name)


def exporter_principal(dataset: PushDataset | PullDataset, settings: Settings) -> Principal:
    """The role that a scheduled export works as."""
    name = settings.scheduled_export(dataset.kind, dataset.name)
    return Principal(PrincipalKind.EXPORTER, settings.role_arn(name), settings.account_id, name)


def by_identity(grants: Iterable[Grant], settings: Settings) -> dict[Principal, list[Grant]]:
    """The grants that identity policies give: those of users, and of readers in our own account.

    For a principal of our account, a bucket policy that names the account grants nothing by itself.
    A role that is a user of one dataset and a reader of another is one principal.
    """
    principals: dict[Person, Principal] = {}
    found: dict[Principal, list[Grant]] = {}
    for grant in grants:
        principal = grant.principal
        if principal.kind not in OWN_ROLES and principal.account_id == settings.account_id:
            first = principals.setdefault(principal.person, principal)
            found.setdefault(first, []).append(grant)
    return found


def people_of(dataset: PushDataset | PullDataset, settings: Settings) -> set[Person]:
    """Those of our account whom a dataset gives something, or did before it was retired."""
    people = {(True, user.lower()) for user in dataset.users}
    return people.union(_readers_of(dataset, settings)) if isinstance(dataset, PullDataset) else people


def _readers_of(dataset: PullDataset, settings: Settings) -> Iterator[Person]:
    """The readers of our own account, and the reader roles of those outside AWS."""
    for reader in dataset.pull_arns:
        if reader.account_id == settings.account_id:
            yield reader.kind == "role", reader.name.lower()
    for workload in dataset.workloads:
        yield True, reader_role(workload)


def times_named(catalogue: Catalogue, settings: Settings) -> Counter[Person]:
    """How many datasets name each of our account; twice, where one does as a user and as a reader."""
    times: Counter[Person] = Counter()
    for name, count in catalogue.times_used.items():
        times[True, name] = count
    times.update(person for dataset in catalogue.pull for person in _readers_of(dataset, settings))
    return times


def datasets_naming(people: Set[Person], catalogue: Catalogue, settings: Settings) -> Catalogue:
    """The datasets that name any of these people as a user or as a reader."""
    roles = {name for is_role, name in people if is_role}

    def named(dataset: PushDataset | PullDataset) -> bool:
        if not roles.isdisjoint(map(str.lower, dataset.users)):
            return True
        return isinstance(dataset, PullDataset) and not people.isdisjoint(_readers_of(dataset, settings))

    return Catalogue.of(filter(named, catalogue))
