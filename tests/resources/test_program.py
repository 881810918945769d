"""The Pulumi program: it stops before anything is registered, or it provisions the checkout."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pulumi
import pytest
import yaml

from provisioner.program import run
from tests.resources.recorder import record, stopped

REPOSITORY = Path(__file__).parents[2]
SETTINGS = """\
config:
  data-engineering-exports:account_id: "111122223333"
"""
PUSH = """\
name: alpha
bucket: target-one
users: [alpha_user_one]
"""
PULL = """\
name: beta
pull_arns: [arn:aws:iam::444455556666:role/reader]
users: [alpha_user_one]
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one good dataset of each kind."""
    for file, text in {
        "Pulumi.prod.yaml": SETTINGS,
        "push_datasets/alpha.yaml": PUSH,
        "pull_datasets/beta.yaml": PULL,
    }.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text)
    return tmp_path


def complaint(checkout: Path, stack: str = "prod") -> list[str]:
    """The lines with which the program stops; that nothing is registered by then is asserted here."""
    text, registered = stopped(lambda: run(checkout, stack, checkout / "build"))
    assert registered == []
    assert not (checkout / "build").exists()
    return text.splitlines()


@pytest.mark.usefixtures("routes_alone")
@pytest.mark.parametrize("preview", [True, False])
def test_a_good_checkout_is_provisioned(checkout: Path, preview: bool) -> None:
    recording = record(lambda: run(checkout, "prod", checkout / "build"), preview=preview)
    assert recording.outputs["pull_buckets"] == {"beta": "mojap-beta"}
    assert {role.inputs["name"] for role in recording.of_type("Role")} == {"export-forwarder", "export_alpha"}


@pytest.mark.usefixtures("routes_alone")
def test_it_makes_no_difference_from_where_it_is_run(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    here = record(lambda: run(checkout, "prod", checkout / "build"), preview=True)
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    there = record(lambda: run(checkout, "prod", checkout / "build"), preview=True)
    assert (there.by_urn, there.outputs) == (here.by_urn, here.outputs)


def test_problems_of_every_file_stop_it_together(checkout: Path) -> None:
    (checkout / "push_datasets/alpha.yaml").write_text(PUSH + "keep_file: true\n")
    (checkout / "pull_datasets/beta.yaml").write_text(PULL.replace("444455556666", "44445555666"))
    lines = complaint(checkout)
    assert [line.split(": ")[0] for line in lines] == ["pull_datasets/beta.yaml:2:13", "push_datasets/alpha.yaml:4:1"]
    assert [line.rpartition("[")[2] for line in lines] == ["arn-account]", "key-unknown]"]


def test_a_stray_file_stops_it(checkout: Path) -> None:
    (checkout / "push_datasets/alpha.yaml.bak").write_text(PUSH)
    assert "[file-stray]" in complaint(checkout)[0]


def test_a_limit_that_is_exceeded_stops_it(checkout: Path) -> None:
    arns = "".join(f"  - arn:aws:iam::444455556666:role/data/reader-{number}\n" for number in range(500))
    (checkout / "pull_datasets/beta.yaml").write_text(f"name: beta\nusers: [alpha_user_one]\npull_arns:\n{arns}")
    (line,) = complaint(checkout)
    assert line.startswith("pull_datasets/beta.yaml:3:1: the 500 readers of 'beta'")
    assert line.endswith("[limit-bucket-policy]")


def test_wrong_settings_stop_it(checkout: Path) -> None:
    (checkout / "Pulumi.prod.yaml").write_text(SETTINGS.replace("111122223333", "1111") + "  other:key: 1\n")
    (line,) = complaint(checkout)
    assert line.startswith("Pulumi.prod.yaml:2:")
    assert line.endswith("[arn-account]")


def test_a_stack_without_settings_is_named(checkout: Path) -> None:
    (line,) = complaint(checkout, "staging")
    assert line.startswith("Pulumi.staging.yaml: the stack 'staging' has no settings")


def test_a_dataset_stack_that_the_settings_do_not_want_is_refused(checkout: Path) -> None:
    (line,) = complaint(checkout, "prod-1")
    assert line.startswith("Pulumi.prod.yaml:1:1: 'prod-1' is no dataset stack of 'prod': it has none")


@pytest.mark.usefixtures("routes_alone")
def test_with_dataset_stacks_the_shared_one_has_no_dataset_unless_all_are_to_be_in_one(checkout: Path) -> None:
    (checkout / "Pulumi.prod.yaml").write_text(f"{SETTINGS}  data-engineering-exports:dataset_stacks: 2\n")
    shared = record(lambda: run(checkout, "prod", checkout / "build"), preview=True)
    assert shared.of_type("PullBucket") == shared.of_type("DeliveryRole") == shared.of_type("UserAccess") == []
    in_one = record(lambda: run(checkout, "prod", checkout / "build", in_one=True), preview=True)
    assert in_one.outputs["pull_buckets"] == {"beta": "mojap-beta"}


@pytest.mark.usefixtures("routes_alone")
def test_a_stack_that_has_too_many_says_so_and_is_provisioned(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (checkout / "Pulumi.prod.yaml").write_text(f"{SETTINGS}  data-engineering-exports:stack_size: 1\n")
    said: list[str] = []
    monkeypatch.setattr(pulumi, "warn", said.append)
    recording = record(lambda: run(checkout, "prod", checkout / "build"), preview=True)
    assert [text.partition(":")[0] for text in said] == [
        "2 datasets in one stack are more than 1 in each, above which Pulumi becomes slow"
    ]
    assert recording.one("PullBucket").name == "pull-beta"


@pytest.mark.usefixtures("routes_alone")
def test_a_dataset_that_has_expired_does_not_stop_it(checkout: Path) -> None:
    """Its policies end the access by themselves: a deploy on the day after must not fail."""
    (checkout / "pull_datasets/beta.yaml").write_text(PULL + "expires: 2020-01-31\n")
    recording = record(lambda: run(checkout, "prod", checkout / "build"), preview=True)
    policies = [one.inputs["policy"] for one in recording.of_type("BucketPolicy") if one.name == "pull-beta"]
    assert ["2020-02-01T00:00:00Z" in policy for policy in policies] == [True]


def test_pulumi_runs_the_main_of_pulumi_yaml_and_it_finds_checkout_stack_and_modules(checkout: Path) -> None:
    """With the whole forwarder's zip, in a process of its own that knows nothing of the tests' paths."""
    main = yaml.safe_load((REPOSITORY / "Pulumi.yaml").read_text())["main"]
    host = checkout / "elsewhere" / "language_host.py"
    host.parent.mkdir()
    shutil.copy(REPOSITORY / "tests/resources/language_host.py", host)
    done = subprocess.run(
        [sys.executable, str(host), str(checkout), str(REPOSITORY / main), str(REPOSITORY)],
        capture_output=True,
        text=True,
        check=False,
        cwd=checkout,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["outputs"]["pull_buckets"] == {"beta": "mojap-beta"}
    assert all(urn.startswith("urn:pulumi:prod::data-engineering-exports::") for urn in seen["resources"])
    with zipfile.ZipFile(checkout / "build" / "forwarder.zip") as archive:
        assert json.loads(archive.read("routes.json"))["routes"][0]["dataset"] == "alpha"
        assert "forwarder/handler.py" in archive.namelist()
