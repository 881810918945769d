"""What is there in reality before anything is provisioned: users' roles, outside roles, and target buckets."""

import base64
import json
from collections.abc import Iterable
from typing import Final

from provisioner.access.delivery import target_bucket_policy
from provisioner.access.policies import Document, reader_policy
from provisioner.access.reader_roles import reader_role
from provisioner.access.web_identity import GOOGLE, provider_url
from provisioner.datasets.model import Catalogue, GoogleReader, PullDataset, PushDataset, Reader, Workload
from provisioner.emulator.embedded_aws import Credentials, EmbeddedAws
from provisioner.emulator.services.s3 import bucket_location
from provisioner.settings import Settings

TARGET_ACCOUNT: Final = "999988887777"
"""The account that owns the target buckets here of which no dataset file says whose they are."""
STRANGER: Final = "tour-stranger"
"""A role that nobody granted anything; in another account, its own account lets it do all with S3."""
ADMINISTRATOR: Final = "tour-administrator"
"""A role of our own account that may do all with S3."""


class Surroundings:
    """The other accounts and our own people, as the tour plays them."""

    def __init__(self, aws: EmbeddedAws, settings: Settings) -> None:
        """Nothing is made yet."""
        self._aws = aws
        self._settings = settings
        self._keys: dict[str, Credentials] = {}
        self._identities: set[tuple[str, ...]] = set()

    def make(self, catalogue: Catalogue) -> None:
        """Make every role, user and target bucket that the datasets name, with what `explain` tells each to add."""
        for user in catalogue.users:
            self._role(self._settings.role_arn(user))
        for pull in catalogue.pull:
            for reader in pull.pull_arns:
                self._reader(reader, pull)
                self._stranger(reader.account_id)
        self._stranger(self._settings.account_id)
        self._may_do_all(self._role_arn(self._settings.account_id, ADMINISTRATOR))
        targets: dict[str, list[PushDataset]] = {}
        for push in catalogue.push:
            targets.setdefault(push.bucket, []).append(push)
        for bucket, datasets in targets.items():
            self._target(bucket, datasets)

    def as_user(self, user: str) -> Credentials:
        """The credentials that a platform user works with."""
        return self._session(self._settings.role_arn(user))

    def as_reader(self, reader: Reader) -> Credentials:
        """The credentials that an outside reader works with."""
        return self._keys[reader.arn] if reader.kind == "user" else self._session(reader.arn)

    def as_workload(self, workload: Workload, *, audience: str | None = None) -> Credentials:
        """The credentials of a reader outside AWS, which it gets for a token that its own cloud would give it.

        Args:
            workload: who it is.
            audience: for whom the token is made; by default the one that the dataset names.

        Raises:
            ClientError: its role does not let the token in.
        """
        return self._aws.assume_by_token(
            self._settings.role_arn(reader_role(workload)), "tour", _token(workload, audience or workload.audience)
        )

    def as_stranger(self, account_id: str) -> Credentials:
        """The credentials of a role that no dataset names."""
        return self._session(self._role_arn(account_id, STRANGER))

    def as_administrator(self) -> Credentials:
        """The credentials of a role of our account that may do all with S3."""
        return self._session(self._role_arn(self._settings.account_id, ADMINISTRATOR))

    def refuse(self, dataset: PushDataset) -> None:
        """The target of a push dataset lets nobody in any more."""
        self._aws.client("s3", account_id=target_owner(dataset.bucket, [dataset])).delete_bucket_policy(
            Bucket=dataset.bucket
        )

    def accept(self, dataset: PushDataset, catalogue: Catalogue) -> None:
        """The target of a push dataset says again what `explain` tells its owner to add."""
        self._admit(dataset.bucket, [push for push in catalogue.push if push.bucket == dataset.bucket])

    def _role_arn(self, account_id: str, name: str) -> str:
        return f"arn:{self._settings.partition}:iam::{account_id}:role/{name}"

    def _session(self, role_arn: str) -> Credentials:
        if role_arn not in self._keys:
            self._keys[role_arn] = self._aws.assume(role_arn, "tour")
        return self._keys[role_arn]

    def _reader(self, reader: Reader, dataset: PullDataset) -> None:
        if reader.kind == "role":
            self._role(reader.arn)
        else:
            self._user(reader.arn)
        if reader.account_id == self._settings.account_id:
            return  # what it may do here is for the program to say
        iam = self._aws.client("iam", account_id=reader.account_id)
        document = reader_policy(dataset, self._settings).text
        if reader.kind == "role":
            iam.put_role_policy(RoleName=reader.name, PolicyName=dataset.name, PolicyDocument=document)
        else:
            iam.put_user_policy(UserName=reader.name, PolicyName=dataset.name, PolicyDocument=document)

    def _is_new(self, *identity: str) -> bool:
        """Whether an account has nobody of this kind and name yet: IAM has one of a name, whatever the path."""
        new = identity not in self._identities
        self._identities.add(identity)
        return new

    def _role(self, arn: str) -> None:
        account_id, path, name = _parts(arn)
        if not self._is_new(account_id, "role", name):
            return
        trust = Document(
            (
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": self._settings.account_root_arn(account_id)},
                    "Action": "sts:AssumeRole",
                },
            )
        )
        iam = self._aws.client("iam", account_id=account_id)
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=trust.text)

    def _user(self, arn: str) -> None:
        account_id, path, name = _parts(arn)
        if not self._is_new(account_id, "user", name):
            return
        iam = self._aws.client("iam", account_id=account_id)
        iam.create_user(UserName=name, Path=path)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        self._keys[arn] = Credentials(access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])

    def _stranger(self, account_id: str) -> None:
        role_arn = self._role_arn(account_id, STRANGER)
        if account_id == self._settings.account_id:
            self._role(role_arn)  # here a right to all of S3 would be access: that is what sealing is for
        else:
            self._may_do_all(role_arn)

    def _may_do_all(self, role_arn: str) -> None:
        self._role(role_arn)
        account_id, _, name = _parts(role_arn)
        everything = Document(({"Effect": "Allow", "Action": "s3:*", "Resource": "*"},))
        iam = self._aws.client("iam", account_id=account_id)
        iam.put_role_policy(RoleName=name, PolicyName="everything", PolicyDocument=everything.text)

    def _target(self, bucket: str, datasets: list[PushDataset]) -> None:
        s3 = self._aws.client("s3", account_id=target_owner(bucket, datasets))
        s3.create_bucket(Bucket=bucket, **bucket_location(self._settings.region))
        self._admit(bucket, datasets)

    def _admit(self, bucket: str, datasets: list[PushDataset]) -> None:
        s3 = self._aws.client("s3", account_id=target_owner(bucket, datasets))
        statements = [
            statement for dataset in datasets for statement in target_bucket_policy(dataset, self._settings).statements
        ]
        s3.put_bucket_policy(Bucket=bucket, Policy=Document(tuple(statements)).text)


def _token(workload: Workload, audience: str) -> str:
    """A token as Google Cloud or Azure makes it, but for the signature, which nobody here could check."""
    if isinstance(workload, GoogleReader):
        own = workload.service_account_id
        claims = {"iss": f"https://{GOOGLE}", "azp": own, "aud": audience, "sub": own}
    else:
        claims = {"iss": provider_url(workload.tenant), "aud": audience, "sub": workload.object_id}
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), ""])


def target_owner(bucket: str, push: Iterable[PushDataset]) -> str:
    """The account that owns a target bucket here: the one that any of the push datasets names."""
    named = (dataset.bucket_account for dataset in push if dataset.bucket == bucket)
    return next(filter(None, named), TARGET_ACCOUNT)


def _parts(arn: str) -> tuple[str, str, str]:
    """The account, path and name in the ARN of a role or user."""
    _, _, _, _, account_id, resource = arn.split(":", 5)
    path, _, name = resource.partition("/")[2].rpartition("/")
    return account_id, f"/{path}/" if path else "/", name
