"""How full each of AWS's limits is, and at how many datasets the present shape of a catalogue ends."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from provisioner.access.account import buckets_in, roles_in
from provisioner.access.delivery import delivery_policy, delivery_trust, forwarder_policy, forwarder_trust, queue_policy
from provisioner.access.grants import by_identity, grants_of
from provisioner.access.limits import (
    ACCOUNT_BUCKETS,
    ACCOUNT_POLICIES,
    ACCOUNT_ROLES,
    IDENTITY_PROVIDERS,
    MAX_ACCOUNT_BUCKETS,
    MAX_ACCOUNT_POLICIES,
    MAX_ACCOUNT_ROLES,
    MAX_BUCKET_POLICY,
    MAX_CLIENT_IDS,
    MAX_IDENTITY_PROVIDERS,
    MAX_MANAGED_POLICY,
    MAX_QUEUE_POLICY,
    MAX_ROLE_POLICIES,
    MAX_TRUST_POLICY,
    MAX_ZIP_BYTES,
    RAISED_TRUST_POLICY,
)
from provisioner.access.packing import pack
from provisioner.access.policies import export_bucket_policy, journal_bucket_policy, pull_bucket_policy
from provisioner.access.routes import routes_of
from provisioner.access.web_identity import providers_of, workload_trust, workloads_of
from provisioner.datasets.model import Catalogue
from provisioner.settings import Settings
from provisioner.settings.limits import MAX_ATTACHED_POLICIES

FULLEST: Final = 5
"""Things of each kind that are named."""
AVERAGE_FILL: Final = math.log(2)
"""How full the policies of somebody with many datasets are, as the buckets of every extendible hash table (R. Fagin
and others, "Extendible hashing", ACM Transactions on Database Systems, 1979)."""
_IAM: Final = "IAM User Guide, IAM and AWS STS quotas"


class LimitKind(StrEnum):
    """What AWS limits."""

    BUCKET_POLICY = "bucket-policy"
    EXPORT_POLICY = "export-bucket-policy"
    MANAGED_POLICY = "managed-policy"
    USER_POLICIES = "user-policies"
    ROLE_POLICY = "role-policy"
    TRUST_POLICY = "trust-policy"
    QUEUE_POLICY = "queue-policy"
    POLICIES = "account-policies"
    ROLES = "account-roles"
    BUCKETS = "account-buckets"
    PROVIDERS = "identity-providers"
    CLIENT_IDS = "client-ids"
    ZIP = "forwarder-zip"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One of AWS's limits."""

    kind: LimitKind
    what: str
    """What is limited, as a person calls it."""
    unit: str
    most: int
    raised: int | None = None
    """As far as AWS raises it when it is asked; None where it does not."""
    grows: bool
    """Whether more datasets of the present shape fill it more."""
    source: str
    """The page of AWS's documentation that says so."""


class Use(NamedTuple):
    """What one thing takes of a limit."""

    used: int
    whose: str
    share: float | None = None
    """What it takes on average, where `used` is a whole number that jumps; from this the end is foretold."""

    @property
    def foretold(self) -> float:
        """From what the end is foretold."""
        return self.used if self.share is None else self.share


@dataclass(frozen=True, kw_only=True)
class Occupancy:
    """How full a limit is."""

    limit: Limit
    measured: int
    """How many things have this limit."""
    fullest: tuple[Use, ...]
    """The fullest of them first."""
    ends_at: int | None
    """At how many datasets of the present shape it is full; None where more datasets do not fill it."""
    ends_raised: int | None
    """The same, once AWS has raised it as far as it does; None too where AWS does not."""

    @property
    def used(self) -> int:
        """What the fullest takes; 0 where there is none."""
        return self.fullest[0].used if self.fullest else 0

    @property
    def over(self) -> bool:
        """Whether AWS, as it is, would refuse something."""
        return self.used > self.limit.most

    @property
    def last_end(self) -> int | None:
        """At how many datasets it ends, whatever AWS is asked."""
        return self.ends_at if self.limit.raised is None else self.ends_raised


def limits_of(settings: Settings) -> tuple[Limit, ...]:
    """AWS's limits; that of a user's policies is the one of the settings, which validation holds to."""
    s3 = "Amazon S3 User Guide, Bucket policies"
    buckets = "Amazon S3 User Guide, General purpose bucket quotas, limitations, and restrictions"
    rows: tuple[tuple[LimitKind, str, str, int, int | None, bool, str], ...] = (
        (LimitKind.BUCKET_POLICY, "policy of a pull dataset's bucket", "bytes", MAX_BUCKET_POLICY, None, False, s3),
        (LimitKind.EXPORT_POLICY, "policy of the export bucket", "bytes", MAX_BUCKET_POLICY, None, True, s3),
        (LimitKind.MANAGED_POLICY, "managed policy of a user", "characters", MAX_MANAGED_POLICY, None, False, _IAM),
        (
            LimitKind.USER_POLICIES,
            "managed policies of one user",
            "policies",
            settings.user_policies,
            MAX_ATTACHED_POLICIES,
            True,
            f"the setting user_policies; {_IAM}",
        ),
        (LimitKind.ROLE_POLICY, "own policy of a role", "characters", MAX_ROLE_POLICIES, None, False, _IAM),
        (
            LimitKind.TRUST_POLICY,
            "trust policy of a role",
            "characters",
            MAX_TRUST_POLICY,
            RAISED_TRUST_POLICY,
            False,
            _IAM,
        ),
        (
            LimitKind.QUEUE_POLICY,
            "policy of the forwarder's queue",
            "bytes",
            MAX_QUEUE_POLICY,
            None,
            False,
            "Amazon SQS Developer Guide, Policy quotas",
        ),
        (
            LimitKind.POLICIES,
            "managed policies of the account",
            "policies",
            ACCOUNT_POLICIES,
            MAX_ACCOUNT_POLICIES,
            True,
            _IAM,
        ),
        (LimitKind.ROLES, "roles of the account", "roles", ACCOUNT_ROLES, MAX_ACCOUNT_ROLES, True, _IAM),
        (LimitKind.BUCKETS, "buckets of the account", "buckets", ACCOUNT_BUCKETS, MAX_ACCOUNT_BUCKETS, True, buckets),
        (
            LimitKind.PROVIDERS,
            "identity providers of the account",
            "providers",
            IDENTITY_PROVIDERS,
            MAX_IDENTITY_PROVIDERS,
            True,
            _IAM,
        ),
        (
            LimitKind.CLIENT_IDS,
            "audiences of one identity provider",
            "audiences",
            MAX_CLIENT_IDS,
            None,
            True,
            "IAM API Reference, CreateOpenIDConnectProvider",
        ),
        (
            LimitKind.ZIP,
            "the forwarder's code with its routes",
            "bytes",
            MAX_ZIP_BYTES,
            None,
            True,
            "AWS Lambda Developer Guide, Lambda quotas",
        ),
    )
    return tuple(
        Limit(kind=kind, what=what, unit=unit, most=most, raised=raised, grows=grows, source=source)
        for kind, what, unit, most, raised, grows, source in rows
    )


def occupancy_of(catalogue: Catalogue, settings: Settings, code_bytes: int) -> tuple[Occupancy, ...]:
    """How full each limit is. Only what is ours counts: an account may hold more.

    Args:
        catalogue: what is to be deployed.
        settings: of its stack.
        code_bytes: the forwarder's zip without routes.
    """
    now = _uses(catalogue, settings, code_bytes)
    without = _uses(Catalogue(push=(), pull=()), settings, code_bytes)
    return tuple(
        _occupancy(limit, now[limit.kind], max((use.used for use in without[limit.kind]), default=0), len(catalogue))
        for limit in limits_of(settings)
    )


def _occupancy(limit: Limit, uses: list[Use], base: int, datasets: int) -> Occupancy:
    """Of one limit, of which `base` is taken before there is any dataset."""
    fullest = tuple(sorted(uses, key=lambda use: (-use.used, use.whose))[:FULLEST])
    grown = max((use.foretold for use in uses), default=0.0) - base if limit.grows else 0.0

    def ends(most: int | None) -> int | None:
        return None if most is None or grown <= 0 else int(max(0, (most - base) * datasets / grown))

    return Occupancy(
        limit=limit,
        measured=len(uses),
        fullest=fullest,
        ends_at=ends(limit.most),
        ends_raised=ends(limit.raised),
    )


def first_to_end(found: Iterable[Occupancy], end: Callable[[Occupancy], int | None]) -> Occupancy | None:
    """The limit that the fewest datasets fill; None where none is filled by datasets."""
    ending = [(at, one) for one in found if (at := end(one)) is not None]
    return min(ending, key=lambda pair: pair[0])[1] if ending else None


def _uses(catalogue: Catalogue, settings: Settings, code_bytes: int) -> Mapping[LimitKind, list[Use]]:
    """What each thing takes of its limit."""
    workloads = workloads_of(catalogue)
    providers = providers_of(workloads.values())
    documents = list(_user_documents(catalogue, settings))
    attached = Counter(name for name, _, _ in documents)
    characters: Counter[str] = Counter()
    for name, _, size in documents:
        characters[name] += size
    trusts = [Use(len(workload_trust(one, settings).text), name) for name, one in workloads.items()]
    if catalogue.push:
        trusts.append(Use(len(delivery_trust(settings).text), "each delivery role"))
    policies = [
        Use(len(delivery_policy(one, settings).text), settings.delivery_role(one.name)) for one in catalogue.push
    ]
    routes = routes_of(catalogue.push, settings).to_json()
    return {
        LimitKind.BUCKET_POLICY: [
            *(
                Use(len(pull_bucket_policy(one, settings).text), settings.pull_bucket(one.name))
                for one in catalogue.pull
            ),
            Use(len(journal_bucket_policy(settings).text), settings.journal_bucket),
        ],
        LimitKind.EXPORT_POLICY: [
            Use(len(export_bucket_policy(catalogue.push, settings).text), settings.export_bucket)
        ],
        LimitKind.MANAGED_POLICY: [Use(size, f"{name}, policy {number}") for name, number, size in documents],
        LimitKind.USER_POLICIES: [
            Use(count, name, characters[name] / (MAX_MANAGED_POLICY * AVERAGE_FILL)) for name, count in attached.items()
        ],
        LimitKind.ROLE_POLICY: [*policies, Use(len(forwarder_policy(settings).text), settings.forwarder)],
        LimitKind.TRUST_POLICY: [*trusts, Use(len(forwarder_trust().text), settings.forwarder)],
        LimitKind.QUEUE_POLICY: [Use(len(queue_policy(settings).text), settings.forwarder)],
        LimitKind.POLICIES: [Use(len(documents), "all users and readers")],
        LimitKind.ROLES: [Use(roles_in(catalogue), "roles of deliveries, readers, exports and the forwarder")],
        LimitKind.BUCKETS: [Use(buckets_in(catalogue), "pull datasets, exports and the journal")],
        LimitKind.PROVIDERS: [Use(len(providers), "Azure tenants")],
        LimitKind.CLIENT_IDS: [Use(len(audiences), tenant) for tenant, audiences in providers.items()],
        LimitKind.ZIP: [Use(code_bytes + len(routes.encode()), settings.forwarder)],
    }


def _user_documents(catalogue: Catalogue, settings: Settings) -> Iterator[tuple[str, int, int]]:
    """Whose each managed policy is, its number and its characters."""
    for principal, grants in by_identity(grants_of(catalogue, settings), settings).items():
        for policy in pack(grants, MAX_MANAGED_POLICY, settings):
            yield principal.name, policy.number, len(policy.document.text)
