"""The commands that `explain` prints for users and readers, run as printed by the AWS CLI on the embedded AWS."""

import subprocess
from pathlib import Path
from typing import Final

import pytest

from provisioner.access.check import check
from provisioner.datasets.folder import read_folders
from provisioner.emulator.embedded_aws import Credentials, EmbeddedAws
from provisioner.emulator.engine import apply_program
from provisioner.emulator.surroundings import Surroundings
from provisioner.program import run
from provisioner.settings import Settings, load_settings
from tests.cli.checkout import SETTINGS, Checkout
from tests.programs import program

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")  # of its own aliases, as it is loaded

USER: Final = "alpha_user_printed-Commands"
OTHER: Final = "alpha_user_printed_other"
READER: Final = "arn:aws:iam::444455556666:role/etl/printed-reader"
USERS: Final = f"users:\n  - {USER}\n"
TARGET: Final = "bucket: target-of-printed\nkeep_files: true\n"  # kept, so that they can still be seen once delivered
READERS: Final = f"pull_arns:\n  - {READER}\n"

FILES: Final = {
    "push_datasets/printed_push.yaml": f"name: printed_push\n{TARGET}{USERS}",
    "push_datasets/printed_old.yaml": f"name: printed_old\n{TARGET}{USERS}status: retired\n",
    "push_datasets/printed_other.yaml": f"name: printed_other\n{TARGET}users:\n  - {OTHER}\n",
    "pull_datasets/printed_pull.yaml": f"name: printed_pull\n{READERS}{USERS}",
    "pull_datasets/printed_sealed.yaml": f"name: printed_sealed\n{READERS}{USERS}sealed: true\nexpires: 2040-03-31\n",
    "pull_datasets/printed_old.yaml": f"name: printed_old\n{READERS}{USERS}status: retired\n",
}
OLD: Final = {"printed-exports": "printed_old/old.txt", "printed-printed-old": "old.txt"}
"""What was written to the retired datasets while they were not."""


class Aws:
    """An embedded AWS on which the checkout is provisioned."""

    def __init__(self, aws: EmbeddedAws, root: Path, settings: Settings) -> None:
        self._aws = aws
        self._surroundings = Surroundings(aws, settings)
        self._surroundings.make(check(*read_folders(root), settings, None).catalogue)
        apply_program(lambda: run(root, "prod", root / "build"), aws, stack="prod", root_directory=str(root))

    def run(self, command: str, who: Credentials) -> "subprocess.CompletedProcess[str]":
        """Run a line of shell as somebody types it who has the AWS CLI and a session of a role."""
        assert who.session_token
        env = {
            **self._aws.environment(),
            "PATH": f"{program('aws').parent}:/usr/bin:/bin",
            "AWS_ACCESS_KEY_ID": who.access_key_id,
            "AWS_SECRET_ACCESS_KEY": who.secret_access_key,
            "AWS_SESSION_TOKEN": who.session_token,
        }
        return subprocess.run(["/bin/sh", "-c", command], env=env, capture_output=True, text=True, check=False)

    def user(self, name: str = USER) -> Credentials:
        return self._surroundings.as_user(name)

    def reader(self) -> Credentials:
        return self._aws.assume(READER, "reader")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose every bucket and user no other test uses."""
    made = tmp_path_factory.mktemp("printed")
    (made / "Pulumi.yaml").write_text("name: data-engineering-exports\n")
    for file, text in FILES.items():
        (made / file).parent.mkdir(exist_ok=True)
        (made / file).write_text(text)
    return made


@pytest.fixture(scope="module")
def aws(root: Path, embedded_aws: EmbeddedAws) -> Aws:
    names = {"bucket_prefix": "printed", "export_bucket": "printed-exports"}
    values = {**SETTINGS, "account_id": f'"{embedded_aws.account_id}"', **names}
    lines = [f"  data-engineering-exports:{key}: {value}\n" for key, value in values.items()]
    (root / "Pulumi.prod.yaml").write_text("config:\n" + "".join(lines))
    settings, problems = load_settings(root, "prod")
    assert settings is not None, problems
    made = Aws(embedded_aws, root, settings)
    for bucket, key in OLD.items():
        embedded_aws.client("s3").put_object(Bucket=bucket, Key=key, Body=b"old")
    return made


@pytest.fixture
def printed(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Checkout:
    monkeypatch.chdir(root)
    return Checkout(root=root, capsys=capsys)


def commands(checkout: Checkout, kind: str, name: str) -> list[str]:
    """The lines of an explanation that are commands for its users."""
    outcome = checkout.run("explain", name, "--kind", kind)
    assert outcome.code == 0
    users = outcome.out.partition("For its users")[2].partition("For the receiving team")[0]
    return [line.strip() for line in users.splitlines() if "aws s3 " in line]


def test_a_user_writes_to_a_push_dataset_and_sees_the_file(aws: Aws, printed: Checkout) -> None:
    write, see = commands(printed, "push", "printed_push")
    assert aws.run(write, aws.user()).returncode == 0
    seen = aws.run(see, aws.user())
    assert (seen.returncode, seen.stdout.split()[2:]) == (0, ["6", "hello.txt"])


@pytest.mark.parametrize("name", ["printed_pull", "printed_sealed"])
def test_a_user_writes_reads_and_removes_a_file_of_a_pull_dataset(aws: Aws, printed: Checkout, name: str) -> None:
    write, see, read, remove = commands(printed, "pull", name)
    assert aws.run(write, aws.user()).returncode == 0
    assert aws.run(see, aws.user()).stdout.split()[2:] == ["6", "hello.txt"]
    assert aws.run(read, aws.user()).stdout == "hello\n"
    assert aws.run(remove, aws.user()).returncode == 0
    assert aws.run(read, aws.user()).returncode != 0


@pytest.mark.parametrize("kind", ["push", "pull"])
def test_a_user_of_a_retired_dataset_sees_what_is_left(aws: Aws, printed: Checkout, kind: str) -> None:
    (see,) = commands(printed, kind, "printed_old")
    seen = aws.run(see, aws.user())
    assert (seen.returncode, seen.stdout.split()[2:]) == (0, ["3", "old.txt"])


@pytest.mark.parametrize(("kind", "name"), [("push", "printed_push"), ("pull", "printed_pull")])
def test_the_same_commands_are_refused_to_somebody_elses_user(
    aws: Aws, printed: Checkout, kind: str, name: str
) -> None:
    for command in commands(printed, kind, name):
        refused = aws.run(command, aws.user(OTHER))
        assert refused.returncode != 0, command
        assert "AccessDenied" in refused.stderr or "403" in refused.stderr, refused.stderr


def test_the_receiving_team_sees_the_bucket_once_it_has_added_its_policy(aws: Aws, printed: Checkout) -> None:
    write, *_ = commands(printed, "pull", "printed_pull")
    assert aws.run(write, aws.user()).returncode == 0
    last = printed.run("explain", "printed_pull").out.splitlines()[-1]
    seen = aws.run(last.removeprefix("  Then: "), aws.reader())
    assert (seen.returncode, seen.stdout.split()[2:]) == (0, ["6", "hello.txt"])
