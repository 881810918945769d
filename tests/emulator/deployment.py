"""A checkout in an account of its own on the embedded AWS, and the roles of the workflows there."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provisioner.access.deployment import WorkflowKind, workflow_role
from provisioner.access.policies import Document, Statement
from provisioner.datasets.catalogue import check_files
from provisioner.datasets.folder import read_folders
from provisioner.emulator.embedded_aws import Credentials, EmbeddedAws, root_of
from provisioner.emulator.engine import Applied, apply_program
from provisioner.program import run
from provisioner.settings import Settings, load_settings
from tests import programs
from tests.emulator.courier import allow, statements

ROOT: Final = Path(__file__).parents[2]

# What the repository's own examples leave out: retired datasets, and readers in our own account.
FILES: Final = {
    "push_datasets/old_push.yaml": "name: old_push\nbucket: target-one\nusers:\n  - alpha_user_one\nstatus: retired\n",
    "pull_datasets/old_pull.yaml": (
        "name: old_pull\npull_arns:\n  - arn:aws:iam::444455556666:role/reader\nusers:\n  - alpha_user_one\n"
        "status: retired\n"
    ),
    "pull_datasets/own.yaml": (
        "name: own\npull_arns:\n  - arn:aws:iam::ACCOUNT:role/team/dashboard\n  - arn:aws:iam::ACCOUNT:user/legacy\n"
        "users:\n  - alpha_user_one\n"
    ),
}


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One stack in one account, with nobody's rights but those of the workflows' roles."""

    aws: EmbeddedAws
    root: Path
    """The checkout."""
    settings: Settings

    def assume(self, kind: WorkflowKind, left_out: Iterable[str] = ()) -> Credentials:
        """A session of a role with the policies that are printed for it, but for what is left out of them.

        What a token of GitHub's must say to assume it is tested by tests/access/test_deployment.py; here the
        account's root may.

        Args:
            kind: which role.
            left_out: the names of statements, or actions.
        """
        role = workflow_role(kind, self.settings)
        iam = self.client("iam")
        trusted = allow(["sts:AssumeRole"], [], Principal={"AWS": self.settings.account_id})
        del trusted["Resource"]
        if not any(one["RoleName"] == role.name for one in iam.list_roles()["Roles"]):
            iam.create_role(RoleName=role.name, AssumeRolePolicyDocument=statements(trusted))
        for name, document in {**role.policies, **role.managed}.items():
            text = without(document, frozenset(left_out)).text
            iam.put_role_policy(RoleName=role.name, PolicyName=name, PolicyDocument=text)
        return self.aws.assume(role.arn, "workflow")

    def apply(self, credentials: Credentials) -> Applied:
        """Run the real program over the checkout, with these credentials."""
        return apply_program(
            lambda: run(self.root, self.settings.stack, self.root / "build"),
            self.aws,
            stack=self.settings.stack,
            root_directory=str(self.root),
            credentials=credentials,
        )

    @property
    def root_credentials(self) -> Credentials:
        """Those of the account's root."""
        return root_of(self.settings.account_id)

    def client(self, service: Any, credentials: Credentials | None = None) -> Any:
        """A client of the account; as its root without credentials."""
        return self.aws.client(service, credentials=credentials or self.root_credentials)

    def check_live(self, credentials: Credentials) -> "subprocess.CompletedProcess[str]":
        """Run `provisioner check-live` as a process that has these credentials."""
        assert credentials.session_token
        env = {
            "PATH": os.environ["PATH"],
            **self.aws.environment(),
            "AWS_ACCESS_KEY_ID": credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
            "AWS_SESSION_TOKEN": credentials.session_token,
        }
        return programs.run("provisioner", "check-live", "--stack", self.settings.stack, cwd=self.root, env=env)

    @contextmanager
    def recorded(self) -> Iterator[set[str]]:
        """The IAM actions of the calls that are made within, by the names of the calls."""
        seen: set[str] = set()

        def note(model: Any, **_rest: object) -> None:
            name = _ACTION_OF_CALL.get(model.name, model.name)
            seen.add(f"{model.service_model.endpoint_prefix}:{name}".replace("monitoring:", "cloudwatch:"))

        events = self.aws._session.events
        events.register("before-call", note)
        try:
            yield seen
        finally:
            events.unregister("before-call", note)


# Service Authorization Reference, "Amazon S3": calls whose action has another name.
_ACTION_OF_CALL: Final = {
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
}


def without(document: Document, left_out: frozenset[str]) -> Document:
    """The document without the statements and the actions of these names."""
    kept: list[Statement] = []
    for statement in document.statements:
        actions = [action for action in statement["Action"] if action not in left_out]
        if actions and statement["Sid"] not in left_out:
            kept.append({**statement, "Action": actions})
    return Document(tuple(kept))


def deployment(aws: EmbeddedAws, root: Path, number: int) -> Deployment:
    """The repository's own datasets, and `FILES`, in an account and with buckets that no other number has."""
    account = f"{number:012}"
    for folder in ("push_datasets", "pull_datasets"):
        shutil.copytree(ROOT / folder, root / folder)
    for name, text in FILES.items():
        (root / name).write_text(text.replace("ACCOUNT", account))
    (root / "Pulumi.yaml").write_text("name: data-engineering-exports\n")
    (root / "Pulumi.test.yaml").write_text(
        "config:\n"
        + "".join(
            f'  data-engineering-exports:{key}: "{value}"\n'
            for key, value in {
                "account_id": account,
                "bucket_prefix": f"d{number}",
                "export_bucket": f"exports-of-d{number}",
                "alarm_topic_arn": f"arn:aws:sns:eu-west-2:{account}:alarms",
                "repository": "example-org/exports",
                "state_bucket": f"state-of-d{number}",
                "state_key_arn": f"arn:aws:kms:eu-west-2:{account}:key/1a2b",
            }.items()
        )
    )
    settings, problems = load_settings(root, "test")
    assert settings is not None, problems
    made = Deployment(aws=aws, root=root, settings=settings)
    files, found = read_folders(root)
    iam = made.client("iam")
    trusted = allow(["sts:AssumeRole"], [], Principal={"AWS": account})
    del trusted["Resource"]
    for user in check_files(files, settings, None, found).catalogue.users:
        iam.create_role(RoleName=user, AssumeRolePolicyDocument=statements(trusted))
    iam.create_role(RoleName="dashboard", Path="/team/", AssumeRolePolicyDocument=statements(trusted))
    iam.create_user(UserName="legacy")
    return made
