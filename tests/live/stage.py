"""A checkout that is deployed on an embedded AWS of its own, and `check-live` run against it as a process."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from provisioner.access.check import check
from provisioner.datasets.folder import read_folders
from provisioner.emulator.embedded_aws import Credentials, EmbeddedAws
from provisioner.emulator.engine import apply_program
from provisioner.emulator.surroundings import Surroundings
from provisioner.program import run
from provisioner.settings import Settings, load_settings
from tests.programs import program
from tests.support import OURS, THEIRS

FILES: Final = {
    "Pulumi.yaml": "name: data-engineering-exports\n",
    "Pulumi.prod.yaml": f'config:\n  data-engineering-exports:account_id: "{OURS}"\n',
    "push_datasets/visits.yaml": "name: visits\nbucket: target-bucket\nusers:\n  - alpha_user_one\n",
    "push_datasets/returns.yaml": "name: returns\nbucket: target-bucket\nusers:\n  - alpha_user_two\n",
    "pull_datasets/extracts.yaml": (
        "name: extracts\npull_arns:\n"
        f"  - arn:aws:iam::{THEIRS}:role/etl/reader\n"
        f"  - arn:aws:iam::{OURS}:role/team/dashboard\n"
        f"  - arn:aws:iam::{OURS}:user/legacy\n"
        "users:\n  - alpha_user_one\n"
    ),
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How the command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def findings(self) -> set[tuple[str, str, str]]:
        """Rule, file and line, and dataset of each finding of a JSON outcome."""
        return {
            (one["rule"], f"{one['file']}:{one['line']}", str(one["dataset"]))
            for one in json.loads(self.out)["findings"]
        }

    @property
    def whats(self) -> list[str]:
        """What each finding of a JSON outcome says."""
        held: dict[str, Any] = json.loads(self.out)
        return [one["what"] for one in held["findings"]]


class Stage:
    """The checkout, and the AWS that it is deployed on."""

    def __init__(self, aws: EmbeddedAws, root: Path, files: Mapping[str, str] = FILES) -> None:
        self.aws = aws
        self.root = root
        for name, text in files.items():
            self.write(name, text)
        self.surroundings = Surroundings(aws, self.settings)

    @property
    def settings(self) -> Settings:
        found, problems = load_settings(self.root, "prod")
        assert found is not None, problems
        return found

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def people(self) -> None:
        """Make everybody whom the datasets name."""
        self.surroundings.make(check(*read_folders(self.root), self.settings, None).catalogue)

    def deploy(self) -> None:
        """Apply the program."""
        apply_program(
            lambda: run(self.root, "prod", self.root / "build"), self.aws, stack="prod", root_directory=str(self.root)
        )

    def leave(self, user: str) -> None:
        """Delete a user's role, as whoever looks after the platform does when somebody leaves."""
        iam = self.aws.client("iam")
        for policy in iam.list_attached_role_policies(RoleName=user)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=user, PolicyArn=policy["PolicyArn"])
        iam.delete_role(RoleName=user)

    def environment(self, who: Credentials | None = None) -> dict[str, str]:
        """What makes the AWS SDK of a process use this AWS, as the account's root or as somebody else."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PROVISIONER_"))}
        held = {**inherited, **self.aws.environment()}
        if who is not None:
            assert who.session_token
            held["AWS_ACCESS_KEY_ID"] = who.access_key_id
            held["AWS_SECRET_ACCESS_KEY"] = who.secret_access_key
            held["AWS_SESSION_TOKEN"] = who.session_token
        return held

    def check_live(
        self, *arguments: str, who: Credentials | None = None, env: Mapping[str, str] | None = None
    ) -> Outcome:
        """Run `provisioner check-live`; as JSON, unless the arguments say otherwise."""
        return self.run("check-live", *arguments, who=who, env=env)

    def run(
        self, command: str, *arguments: str, who: Credentials | None = None, env: Mapping[str, str] | None = None
    ) -> Outcome:
        """Run a command; as JSON, unless the arguments say otherwise."""
        given = arguments if "--format" in arguments else (*arguments, "--format", "json")
        done = subprocess.run(
            [program("provisioner"), command, *given],
            cwd=self.root,
            env=dict(env) if env is not None else self.environment(who),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return Outcome(code=done.returncode, out=done.stdout, err=done.stderr)
