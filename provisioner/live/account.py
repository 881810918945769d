"""Our AWS account, asked what there is. Every call reads; `permissions.READS` lists them all."""

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)
from botocore.exceptions import ConnectionError as UnreachableError

from provisioner.changes.sentence import Sentence, sentence
from provisioner.failure import UnavailableError
from provisioner.live.needs import Needs
from provisioner.live.observed import Observed, Person
from provisioner.settings import DELIVERY_POLICY, Settings

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_s3 import S3Client

_THREADS: Final = 8
"""Calls at once. IAM serves an account some ten a second; what is more is answered after a retry."""
_CONFIG: Final = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 5},
    max_pool_connections=_THREADS,
)
_REFUSED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"})
_INVALID: Final = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
)
_T = TypeVar("_T")


class Account:
    """The account that the credentials at hand are of."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is asked yet.

        Raises:
            UnavailableError: the AWS configuration of this machine cannot be used.
        """
        self._settings = settings
        self._refused: dict[str, Sentence] = {}
        with _in_words():
            session = boto3.session.Session(region_name=settings.region)
            self._iam: IAMClient = session.client("iam", config=_CONFIG)
            self._s3: S3Client = session.client("s3", config=_CONFIG)
            # Asked first: whoever is offline should not have to wait for every attempt.
            self._sts = session.client("sts", config=_CONFIG.merge(Config(retries={"total_max_attempts": 2})))

    def observe(self, needs: Needs) -> tuple[Observed, tuple[Sentence, ...]]:
        """What AWS holds of what is needed, and what it did not answer for lack of a permission.

        Raises:
            UnavailableError: there are no credentials, or of another account, or AWS cannot be reached.
        """
        with _in_words(), ThreadPoolExecutor(_THREADS) as pool:
            self._check_account()
            arns = self._arns(needs)
            buckets = self._buckets()
            wanted = {self._settings.pull_bucket(dataset.name) for dataset in needs.chosen.pull}
            if needs.chosen.push:
                wanted.add(self._settings.export_bucket)
            roles = [self._settings.delivery_role(dataset.name) for dataset in needs.chosen.push]
            summary = self._asked("iam:GetAccountSummary", lambda: self._iam.get_account_summary()["SummaryMap"])
            quotas = {str(name): number for name, number in (summary or {}).items()}
            people = [who for who in needs.people if arns is not None and who in arns]
            ours = sorted(wanted if buckets is None else wanted & buckets)
            others = [] if buckets is None else sorted(wanted - buckets)
            present = [role for role in roles if arns is not None and (True, role.lower()) in arns]
            attached = dict(zip(people, pool.map(lambda who: self._attached(who, needs), people), strict=True))
            observed = Observed(
                arns=arns,
                attached=attached,
                role_quota=quotas.get("AttachedPoliciesPerRoleQuota"),
                user_quota=quotas.get("AttachedPoliciesPerUserQuota"),
                buckets=buckets,
                taken=frozenset(
                    name for name, is_there in zip(others, pool.map(self._is_there, others), strict=True) if is_there
                ),
                bucket_policies=dict(_answered(zip(ours, pool.map(self._bucket_policy, ours), strict=True))),
                delivery_policies=dict(_answered(zip(present, pool.map(self._delivery_policy, present), strict=True))),
            )
        return observed, tuple(self._refused[action] for action in sorted(self._refused))

    def _check_account(self) -> None:
        account = self._sts.get_caller_identity()["Account"]
        if account != self._settings.account_id:
            raise UnavailableError(
                f"the AWS credentials are of account {account}, and the datasets live in {self._settings.account_id}: "
                "take those of that account, or another stack"
            )

    def _arns(self, needs: Needs) -> dict[Person, str] | None:
        """The roles of the account, and its IAM users where any is needed."""
        roles = self._asked(
            "iam:ListRoles",
            lambda: [
                (True, role["RoleName"], role["Arn"])
                for page in self._iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 1000})
                for role in page["Roles"]
            ],
        )
        users: list[tuple[bool, str, str]] | None = []
        if any(not is_role for is_role, _ in needs.people):
            users = self._asked(
                "iam:ListUsers",
                lambda: [
                    (False, user["UserName"], user["Arn"])
                    for page in self._iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 1000})
                    for user in page["Users"]
                ],
            )
        if roles is None or users is None:
            return None
        return {(is_role, name.lower()): arn for is_role, name, arn in (*roles, *users)}

    def _attached(self, who: Person, needs: Needs) -> tuple[str, ...] | None:
        is_role, name = who[0], needs.people[who].principal.name
        if is_role:
            return self._asked(
                "iam:ListAttachedRolePolicies",
                lambda: tuple(
                    policy["PolicyName"]
                    for page in self._iam.get_paginator("list_attached_role_policies").paginate(RoleName=name)
                    for policy in page["AttachedPolicies"]
                ),
            )
        return self._asked(
            "iam:ListAttachedUserPolicies",
            lambda: tuple(
                policy["PolicyName"]
                for page in self._iam.get_paginator("list_attached_user_policies").paginate(UserName=name)
                for policy in page["AttachedPolicies"]
            ),
        )

    def _buckets(self) -> frozenset[str] | None:
        return self._asked(
            "s3:ListAllMyBuckets",
            lambda: frozenset(
                bucket["Name"]
                for page in self._s3.get_paginator("list_buckets").paginate()
                for bucket in page["Buckets"]
            ),
        )

    def _is_there(self, bucket: str) -> bool:
        """Whether a bucket that is not ours exists: whatever S3 answers but 404 says so."""
        try:
            self._s3.head_bucket(Bucket=bucket)
        except ClientError as error:
            return error.response["ResponseMetadata"]["HTTPStatusCode"] != 404
        return True

    def _bucket_policy(self, bucket: str) -> "_Answer":
        return self._document(
            "s3:GetBucketPolicy", "NoSuchBucketPolicy", lambda: self._s3.get_bucket_policy(Bucket=bucket)["Policy"]
        )

    def _delivery_policy(self, role: str) -> "_Answer":
        return self._document(
            "iam:GetRolePolicy",
            "NoSuchEntity",
            lambda: self._iam.get_role_policy(RoleName=role, PolicyName=DELIVERY_POLICY)["PolicyDocument"],
        )

    def _document(self, action: str, absent: str, ask: Callable[[], Any]) -> "_Answer":
        def answer() -> _Answer:
            try:
                document = ask()
            except ClientError as error:
                if error.response["Error"]["Code"] == absent:
                    return (None,)
                raise
            return (json.loads(document) if isinstance(document, str) else document,)

        return self._asked(action, answer)

    def _asked(self, action: str, ask: Callable[[], _T]) -> _T | None:
        """What AWS answers; None, and a note of it, where the credentials lack the permission."""
        try:
            return ask()
        except ClientError as error:
            if error.response["Error"]["Code"] not in _REFUSED:
                raise
            self._refused[action] = sentence(
                "the credentials lack the permission {}; docs/deployment.md has the policy that is needed", action
            )
            return None


_Answer = tuple[Any] | None
"""A document, or None in its place where there is none; nothing at all where AWS did not answer."""


def _answered(asked: Iterable[tuple[str, _Answer]]) -> Iterator[tuple[str, Any]]:
    return ((name, answer[0]) for name, answer in asked if answer is not None)


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn what keeps AWS from answering into a sentence for whoever called.

    Raises:
        UnavailableError: in place of the AWS SDK's own exceptions.
    """
    try:
        yield
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise UnavailableError(
            "there are no AWS credentials: set AWS_PROFILE, or log in as you do for the AWS CLI"
        ) from error
    except ProfileNotFound as error:
        raise UnavailableError(f"{error}; see `aws configure list-profiles`") from error
    except (UnreachableError, HTTPClientError) as error:
        raise UnavailableError(f"AWS cannot be reached: {error}") from error
    except ClientError as error:
        answer = error.response["Error"]
        if answer["Code"] in _INVALID:
            raise UnavailableError(
                f"the AWS credentials are not, or no longer, valid: {answer['Message']} [{answer['Code']}]"
            ) from error
        raise UnavailableError(f"AWS refused {error.operation_name}: {answer['Message']} [{answer['Code']}]") from error
    except BotoCoreError as error:
        raise UnavailableError(f"AWS cannot be asked: {error}") from error
