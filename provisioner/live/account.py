"""Our AWS account, asked what there is. Every call reads; `permissions.READS` lists what they need."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.exceptions import ClientError

from provisioner.access.exporting import roles_of_export
from provisioner.access.grants import Person
from provisioner.changes.sentence import Sentence
from provisioner.live.answers import Refusals, in_words
from provisioner.live.needs import Needs
from provisioner.live.observed import Observed
from provisioner.live.session import PATIENT, THREADS, OwnSession
from provisioner.settings import DELIVERY_POLICY, EXPORT_POLICY, Settings

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_s3 import S3Client

_PAGE: Final = 1_000
"""Roles, users or buckets at a time: what IAM gives at most (IAM API Reference, ListRoles), and S3 ten times."""
_NOT_THERE: Final = (403, 404)
"""How S3 answers HeadBucket where there is no such bucket (Amazon S3 API Reference, HeadBucket)."""
_REGION: Final = "x-amz-bucket-region"
_T = TypeVar("_T")
_K = TypeVar("_K")


class Account:
    """The account that the credentials at hand are of."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is asked yet.

        Raises:
            UnavailableError: the AWS configuration of this machine cannot be used.
        """
        self._settings = settings
        self._refusals = Refusals("docs/deployment.md")
        with in_words():
            self._session = OwnSession(settings)
            self._iam: IAMClient = self._session.boto.client("iam", config=PATIENT)
            self._s3: S3Client = self._session.boto.client("s3", config=PATIENT)

    def observe(self, needs: Needs) -> tuple[Observed, tuple[Sentence, ...]]:
        """What AWS holds of what is needed, and what it did not answer for lack of a permission.

        The calls are as many as the datasets and the people together, and not their product.

        Raises:
            UnavailableError: there are no credentials, or of another account, or AWS cannot be reached.
        """
        with in_words(), ThreadPoolExecutor(THREADS) as pool:
            self._session.check_account()
            quotas = self._refusals.asked("iam:GetAccountSummary", self._quotas) or {}
            roles = self._refusals.asked("iam:ListRoles", self._roles)
            users = self._refusals.asked("iam:ListUsers", self._users) if _any_user(needs) else {}
            buckets = self._refusals.asked("s3:ListAllMyBuckets", self._buckets)
            attached = self._attached(needs, {True: roles, False: users}, pool)
            wanted = self._buckets_of(needs)
            delivery = [self._settings.delivery_role(dataset.name) for dataset in needs.chosen.push]
            exports = [role for dataset in needs.chosen for role in roles_of_export(dataset, self._settings)]
            observed = Observed(
                roles=roles,
                users=users,
                attached=attached,
                access_policies=self._access_policies(needs, attached, pool),
                role_quota=quotas.get("AttachedPoliciesPerRoleQuota"),
                user_quota=quotas.get("AttachedPoliciesPerUserQuota"),
                buckets=buckets,
                taken=frozenset() if buckets is None else self._taken(wanted - buckets, pool),
                bucket_policies=self._each(
                    "s3:GetBucketPolicy", wanted & (buckets or frozenset()), self._bucket_policy, pool
                ),
                delivery_policies=self._own_policies(DELIVERY_POLICY, delivery, roles, pool),
                export_policies=self._own_policies(EXPORT_POLICY, exports, roles, pool),
            )
        return observed, self._refusals.sentences

    def _quotas(self) -> dict[str, int]:
        return {str(name): number for name, number in self._iam.get_account_summary()["SummaryMap"].items()}

    def _roles(self) -> dict[str, str]:
        pages = self._iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": _PAGE})
        return {role["RoleName"].lower(): role["Arn"] for page in pages for role in page["Roles"]}

    def _users(self) -> dict[str, str]:
        pages = self._iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": _PAGE})
        return {user["UserName"].lower(): user["Arn"] for page in pages for user in page["Users"]}

    def _buckets(self) -> frozenset[str]:
        # An account with a raised quota is refused the list unless it asks page by page.
        pages = self._s3.get_paginator("list_buckets").paginate(PaginationConfig={"PageSize": _PAGE})
        return frozenset(bucket["Name"] for page in pages for bucket in page["Buckets"])

    def _buckets_of(self, needs: Needs) -> set[str]:
        pull = {self._settings.pull_bucket(dataset.name) for dataset in needs.chosen.pull}
        return pull | {self._settings.export_bucket} if needs.chosen.push else pull

    def _attached(
        self, needs: Needs, there: Mapping[bool, Mapping[str, str] | None], pool: ThreadPoolExecutor
    ) -> dict[Person, dict[str, str]]:
        """The managed policies of whoever is there, name to ARN."""
        names = {who: need.principal.name for who, need in needs.people.items() if who[1] in (there[who[0]] or ())}

        def of_role(who: Person) -> dict[str, str]:
            pages = self._iam.get_paginator("list_attached_role_policies").paginate(RoleName=names[who])
            return {policy["PolicyName"]: policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]}

        def of_user(who: Person) -> dict[str, str]:
            pages = self._iam.get_paginator("list_attached_user_policies").paginate(UserName=names[who])
            return {policy["PolicyName"]: policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]}

        roles = [who for who in names if who[0]]
        users = [who for who in names if not who[0]]
        return {
            **self._each("iam:ListAttachedRolePolicies", roles, of_role, pool),
            **self._each("iam:ListAttachedUserPolicies", users, of_user, pool),
        }

    def _access_policies(
        self, needs: Needs, attached: Mapping[Person, Mapping[str, str]], pool: ThreadPoolExecutor
    ) -> dict[str, Any]:
        """The documents of the managed policies that are needed, as far as they are attached."""
        arns = {
            name: held[name] for who, held in attached.items() for name in needs.people[who].policies if name in held
        }

        def default_version(name: str) -> str:
            return self._iam.get_policy(PolicyArn=arns[name])["Policy"]["DefaultVersionId"]

        versions = self._each("iam:GetPolicy", arns, default_version, pool)

        def document(name: str) -> Any:
            version = self._iam.get_policy_version(PolicyArn=arns[name], VersionId=versions[name])["PolicyVersion"]
            return _parsed(version["Document"])

        return self._each("iam:GetPolicyVersion", versions, document, pool)

    def _taken(self, buckets: Iterable[str], pool: ThreadPoolExecutor) -> frozenset[str]:
        """Those of some buckets, none of them ours, that are there."""
        names = sorted(buckets)
        return frozenset(name for name, taken in zip(names, pool.map(self._is_there, names), strict=True) if taken)

    def _is_there(self, bucket: str) -> bool:
        """Whether there is such a bucket in any account.

        S3 names the region of every bucket that there is, to whoever asks and whatever they may do with it (Amazon S3
        API Reference, HeadBucket). A refusal alone would say nothing.
        """
        try:
            self._s3.head_bucket(Bucket=bucket)
        except ClientError as error:
            answer = error.response["ResponseMetadata"]
            if _REGION in answer["HTTPHeaders"]:
                return True
            if answer["HTTPStatusCode"] in _NOT_THERE:
                return False
            raise
        return True

    def _bucket_policy(self, bucket: str) -> Any:
        return _document("NoSuchBucketPolicy", lambda: self._s3.get_bucket_policy(Bucket=bucket)["Policy"])

    def _own_policies(
        self, policy: str, names: Iterable[str], there: Mapping[str, str] | None, pool: ThreadPoolExecutor
    ) -> dict[str, Any]:
        """The document of the own policy of each of some roles that is there."""

        def document(role: str) -> Any:
            ask = self._iam.get_role_policy
            return _document("NoSuchEntity", lambda: ask(RoleName=role, PolicyName=policy)["PolicyDocument"])

        return self._each(
            "iam:GetRolePolicy", [name for name in names if name.lower() in (there or ())], document, pool
        )

    def _each(
        self, action: str, things: Iterable[_K], ask: Callable[[_K], _T], pool: ThreadPoolExecutor
    ) -> dict[_K, _T]:
        """What AWS answers of each thing; those are left out of which it tells nothing for lack of a permission."""

        def answer(thing: _K) -> tuple[_T] | None:
            return self._refusals.asked(action, lambda: (ask(thing),))

        asked = list(things)
        return dict(_answered(zip(asked, pool.map(answer, asked), strict=True)))


def _any_user(needs: Needs) -> bool:
    return any(not is_role for is_role, _ in needs.people)


def _answered(asked: Iterable[tuple[_K, tuple[_T] | None]]) -> Iterator[tuple[_K, _T]]:
    return ((thing, answer[0]) for thing, answer in asked if answer is not None)


def _document(absent: str, ask: Callable[[], Any]) -> Any:
    """A policy document, or None where AWS answers by the error `absent` that there is none."""
    try:
        return _parsed(ask())
    except ClientError as error:
        if error.response["Error"]["Code"] == absent:
            return None
        raise


def _parsed(document: Any) -> Any:
    """S3 gives a document as text; of IAM's the SDK has made JSON."""
    return json.loads(document) if isinstance(document, str) else document
