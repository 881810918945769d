"""AWS's limits, and what fills them: every generated document is measured before AWS sees it."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from provisioner.access.delivery import delivery_policy
from provisioner.access.grants import (
    Grant,
    Person,
    Principal,
    by_identity,
    datasets_naming,
    grants_of,
    people_of,
    times_named,
)
from provisioner.access.packing import Held, Packed, pack, shared_out
from provisioner.access.policies import Document, export_bucket_policy, pull_bucket_policy
from provisioner.datasets.keys import READERS
from provisioner.datasets.model import Catalogue, PullDataset, PushDataset
from provisioner.reading.problem import START, Problem, Rule
from provisioner.settings import Settings, settings_file
from provisioner.settings.limits import MAX_ATTACHED_POLICIES

# Amazon S3 User Guide, "Bucket policies": 20 KB.
MAX_BUCKET_POLICY: Final = 20 * 1024
# IAM User Guide, "IAM and AWS STS quotas": characters of a managed policy, white space not counted.
MAX_MANAGED_POLICY: Final = 6_144
# The same page: managed policies attached to a role or user, unless AWS is asked for more.
ATTACHED_POLICIES: Final = 10
MAX_DATASET_SHARE: Final = 1_500
"""No dataset takes more characters of a policy: two statements with their actions, and a bucket's name in each."""
_MIN_HELD: Final = MAX_MANAGED_POLICY // MAX_DATASET_SHARE
# The same page: characters of all inline policies of a role together, and of its trust policy, as it is and raised.
MAX_ROLE_POLICIES: Final = 10_240
MAX_TRUST_POLICY: Final = 2_048
RAISED_TRUST_POLICY: Final = 8_192
# Amazon SQS Developer Guide, "Policy quotas": bytes of a queue's policy.
MAX_QUEUE_POLICY: Final = 8_192
# IAM User Guide, "IAM and AWS STS quotas": of an account, as it is and as far as AWS raises it when it is asked.
ACCOUNT_POLICIES: Final = 1_500
MAX_ACCOUNT_POLICIES: Final = 5_000
ACCOUNT_ROLES: Final = 1_000
MAX_ACCOUNT_ROLES: Final = 10_000
IDENTITY_PROVIDERS: Final = 100
MAX_IDENTITY_PROVIDERS: Final = 700
# IAM API Reference, CreateOpenIDConnectProvider: client ids, which are audiences, of one provider.
MAX_CLIENT_IDS: Final = 100
# Amazon S3 User Guide, "General purpose bucket quotas, limitations, and restrictions"; AWS News, 14 November 2024, "up
# to 1 million buckets per AWS account".
ACCOUNT_BUCKETS: Final = 10_000
MAX_ACCOUNT_BUCKETS: Final = 1_000_000
# AWS Lambda Developer Guide, "Lambda quotas": bytes of a zip that is uploaded directly.
MAX_ZIP_BYTES: Final = 50 * 1024**2


class LimitExceededError(Exception):
    """A document would be larger than AWS takes it; `problem` says whose, and what to do."""

    def __init__(self, problem: Problem) -> None:
        """With the problem to show."""
        super().__init__(str(problem))
        self.problem = problem


def _measured(document: Document, most: int, problem: Callable[[int], Problem]) -> Document:
    """The document, unless it has more than `most` characters; `problem` then says of its size what is wrong."""
    size = len(document.text)
    if size > most:
        raise LimitExceededError(problem(size))
    return document


def pull_policy_within_limit(dataset: PullDataset, settings: Settings) -> Document:
    """The policy of a pull dataset's bucket.

    Raises:
        LimitExceededError: the dataset has more readers than a bucket policy holds.
    """
    readers = len(dataset.pull_arns) + len(dataset.workloads)
    return _measured(
        pull_bucket_policy(dataset, settings),
        MAX_BUCKET_POLICY,
        lambda size: Problem(
            dataset.file,
            next((dataset.places[key] for key in READERS if key in dataset.places), START),
            Rule.LIMIT_BUCKET_POLICY,
            f"the {readers:,} readers of '{dataset.name}' make a bucket policy of {size:,} bytes, "
            f"AWS allows {MAX_BUCKET_POLICY:,}",
            "list fewer roles: one role that the receiving team's people all assume will do",
        ),
    )


def export_policy_within_limit(push: Iterable[PushDataset], settings: Settings) -> Document:
    """The policy of the export bucket.

    Raises:
        LimitExceededError: the sealed push datasets need more than a bucket policy holds; names the one too many.
    """
    datasets = tuple(push)
    document = export_bucket_policy(datasets, settings)
    if len(document.text) <= MAX_BUCKET_POLICY:
        return document
    sealed = [dataset for dataset in datasets if dataset.is_sealed(settings)]
    last = next(
        dataset
        for count, dataset in enumerate(sealed, 1)
        if len(export_bucket_policy(sealed[:count], settings).text) > MAX_BUCKET_POLICY
    )
    raise LimitExceededError(
        Problem(
            last.file,
            last.places.get("sealed", START),
            Rule.LIMIT_BUCKET_POLICY,
            f"with '{last.name}', the sealed push datasets need more than the {MAX_BUCKET_POLICY:,} bytes that AWS "
            "allows the export bucket's policy",
            "make it a pull dataset, which has a bucket of its own, or leave it unsealed",
        )
    )


def delivery_policy_within_limit(dataset: PushDataset, settings: Settings) -> Document:
    """The policy of a push dataset's delivery role.

    Raises:
        LimitExceededError: its key's ARN is longer than any real one.
    """
    return _measured(
        delivery_policy(dataset, settings),
        MAX_ROLE_POLICIES,
        lambda size: Problem(
            dataset.file,
            dataset.places.get("kms_key_arn", START),
            Rule.LIMIT_ROLE_POLICY,
            f"the delivery role of '{dataset.name}' needs a policy of {size:,} characters, "
            f"AWS allows {MAX_ROLE_POLICIES:,}",
            "write the ARN of the key as the AWS console shows it",
        ),
    )


def within_limit(document: Document, most: int, whose: str, settings: Settings) -> Document:
    """A document that no dataset but only the settings can make longer.

    Raises:
        LimitExceededError: it has more than `most` characters; names `whose` it is.
    """
    return _measured(
        document,
        most,
        lambda size: Problem(
            settings_file(settings.stack),
            START,
            Rule.LIMIT_ROLE_POLICY,
            f"the settings make {whose} of {size:,} characters, AWS allows {most:,}",
            "write shorter names",
        ),
    )


def user_policies(
    principal: Principal, grants: Iterable[Grant], catalogue: Catalogue, settings: Settings
) -> list[Packed]:
    """The managed policies that give a principal its grants.

    Raises:
        LimitExceededError: more policies than the settings allow a user would be needed; names the last of the
            datasets.
    """
    packed = pack(grants, MAX_MANAGED_POLICY, settings)
    if len(packed) > settings.user_policies:
        raise LimitExceededError(_too_many(principal, packed, catalogue, settings))
    return packed


def _too_many(principal: Principal, packed: list[Packed], catalogue: Catalogue, settings: Settings) -> Problem:
    given = {(grant.kind, grant.dataset): grant for policy in packed for grant in policy.grants}
    last = max(given)
    named = next(one for one in catalogue if (one.kind, one.name) == last)
    return Problem(
        named.file,
        named.places.get(given[last].principal.key, START),
        Rule.LIMIT_USER_POLICIES,
        f"the {len(given):,} datasets of '{principal.name}', '{named.name}' one of them, fill {len(packed):,} managed "
        f"policies of {MAX_MANAGED_POLICY:,} characters, the settings allow {settings.user_policies:,}",
        "share the datasets out among users, or raise 'user_policies' in the settings: AWS attaches "
        f"{ATTACHED_POLICIES:,} policies to a role, {MAX_ATTACHED_POLICIES:,} if it is asked to",
    )


def check_limits(catalogue: Catalogue, settings: Settings) -> list[Problem]:
    """Every document of the catalogue that AWS would refuse for its size.

    A document is only made here if it lists so much that it might be too large.
    """
    checks: list[Callable[[], object]] = [
        partial(pull_policy_within_limit, dataset, settings)
        for dataset in catalogue.pull
        if sum(len(reader.arn) for reader in dataset.pull_arns) + 100 * (len(dataset.users) + len(dataset.workloads))
        > MAX_BUCKET_POLICY / 4
    ]
    checks += [
        partial(delivery_policy_within_limit, dataset, settings)
        for dataset in catalogue.push
        if len(dataset.kms_key_arn or "") > MAX_ROLE_POLICIES / 4
    ]
    if any(dataset.is_sealed(settings) for dataset in catalogue.push):
        checks.append(partial(export_policy_within_limit, catalogue.push, settings))
    crowded = _crowded(catalogue, settings)
    theirs = {(dataset.kind, dataset.name) for held in crowded.values() for dataset in held}
    grants = grants_of((dataset for dataset in catalogue if (dataset.kind, dataset.name) in theirs), settings)
    checks += [
        partial(user_policies, principal, given, catalogue, settings)
        for principal, given in by_identity(grants, settings).items()
        if principal.person in crowded
    ]
    problems = [*_too_many_audiences(catalogue)]
    for check in checks:
        try:
            check()
        except LimitExceededError as exceeded:
            problems.append(exceeded.problem)
    return problems


def _too_many_audiences(catalogue: Catalogue) -> Iterator[Problem]:
    """The dataset with which the readers of an Azure tenant have one audience too many, for each such tenant."""
    audiences: dict[str, set[str]] = {}
    for dataset in catalogue.pull:
        for reader in () if dataset.retired else dataset.pull_azure:
            theirs = audiences.setdefault(reader.tenant, set())
            if reader.audience not in theirs and len(theirs) == MAX_CLIENT_IDS:
                yield Problem(
                    dataset.file,
                    dataset.places.get("pull_azure", START),
                    Rule.LIMIT_AUDIENCES,
                    f"with '{dataset.name}', the readers of the tenant {reader.tenant} have more than the "
                    f"{MAX_CLIENT_IDS} audiences that AWS allows its identity provider",
                    "let readers share an audience: each is told from the others by its object id",
                )
            theirs.add(reader.audience)


def _crowded(catalogue: Catalogue, settings: Settings) -> dict[Person, list[Held]]:
    """Those of our account with so many datasets that their policies might not hold them, and those datasets.

    A policy holds `_MIN_HELD` datasets at least. Only where that might be too few, it is looked at how they are shared
    out.
    """
    most = settings.user_policies + _MIN_HELD - 1
    busy = {person for person, times in times_named(catalogue, settings).items() if times > most}
    datasets: dict[Person, list[Held]] = {}
    for dataset in datasets_naming(busy, catalogue, settings) if busy else ():
        held = Held(dataset.kind, dataset.name, dataset.expires)
        for person in busy & people_of(dataset, settings):
            datasets.setdefault(person, []).append(held)
    return {
        person: theirs
        for person, theirs in datasets.items()
        if len(theirs) > most and _shares_at_most(theirs) > settings.user_policies
    }


def _shares_at_most(datasets: Iterable[Held]) -> int:
    """No more policies than these are needed: a share of `_MIN_HELD` datasets is never split."""
    return sum(1 for _ in shared_out(datasets, lambda _, held: len(held) <= _MIN_HELD))
