"""The house rules of the workflows: least rights, nothing pasted into a script, versions pinned, an end in time."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from provisioner.access.deployment import BRANCH, ENVIRONMENT
from provisioner.changes.state import APPROVALS_FILE
from provisioner.datasets.keys import Kind
from tests.workflows.runner import WORKFLOWS
from tests.workflows.scratch import ROOT

FILES: Final = sorted(WORKFLOWS.iterdir())
MAY_WRITE: Final = {
    "validate.yaml": {"comment": {"pull-requests"}},
    "drift.yaml": {"look": {"id-token"}, "issue": {"issues"}},
    "apply.yaml": {"apply": {"id-token"}},
}
"""All that any job may write. `id-token` writes nothing on GitHub: it lets the job say to AWS who it is."""

by_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


def workflow(path: Path) -> dict[Any, Any]:
    read: dict[Any, Any] = yaml.safe_load(path.read_text())
    return read


def steps(path: Path) -> Iterator[dict[str, Any]]:
    for job in workflow(path)["jobs"].values():
        yield from job["steps"]


def test_these_are_the_workflows_and_what_starts_them() -> None:
    assert {path.name: set(workflow(path)[True]) for path in FILES} == {  # YAML 1.1 reads `on` as true
        "apply.yaml": {"push", "workflow_dispatch"},
        "drift.yaml": {"schedule", "workflow_dispatch"},
        "test.yaml": {"pull_request", "push", "merge_group"},
        "validate.yaml": {"pull_request", "merge_group"},
    }


@by_file
def test_an_action_is_pinned_by_its_commit_with_the_version_beside(path: Path) -> None:
    used = re.findall(r"^\s*(?:- )?uses:\s*(.*)$", path.read_text(), re.MULTILINE)
    loose = [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)]
    assert used
    assert loose == []


def test_an_action_is_of_the_same_version_wherever_it_is_used() -> None:
    used = {line for path in FILES for line in re.findall(r"uses:\s*(\S+@\S+ # \S+)", path.read_text())}
    assert len({line.partition("@")[0] for line in used}) == len(used)


def test_the_pulumi_cli_is_of_the_version_of_the_locked_sdk() -> None:
    (locked,) = re.findall(r"^pulumi==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    found = [
        step["with"]["pulumi-version"]
        for path in FILES
        for step in steps(path)
        if str(step.get("uses")).startswith("pulumi/actions@")
    ]
    assert found == [locked, locked]


@by_file
def test_a_workflow_reads_by_default_and_a_job_writes_only_what_it_must(path: Path) -> None:
    assert workflow(path)["permissions"] == {"contents": "read"}
    found = {
        name: {right for right, access in job["permissions"].items() if access == "write"}
        for name, job in workflow(path)["jobs"].items()
        if "permissions" in job
    }
    assert found == MAY_WRITE.get(path.name, {})


@by_file
def test_no_job_that_writes_on_github_installs_anything_or_knows_of_aws(path: Path) -> None:
    for job in workflow(path)["jobs"].values():
        rights = job.get("permissions", {})
        if "write" in (rights.get("pull-requests"), rights.get("issues")):
            said = yaml.dump(job)
            assert not re.search(r"make|pip|aws|pulumi/|setup-python|id-token", said), said


def test_nothing_is_secret_but_the_jobs_own_token() -> None:
    assert [path.name for path in FILES if "secrets." in path.read_text()] == []


@by_file
def test_no_expression_is_pasted_into_a_script(path: Path) -> None:
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


@by_file
def test_a_checkout_leaves_no_credentials_behind(path: Path) -> None:
    checkouts = [step for step in steps(path) if str(step.get("uses")).startswith("actions/checkout@")]
    assert [step for step in checkouts if step["with"].get("persist-credentials") is not False] == []


@by_file
def test_a_job_ends_in_time_and_waits_for_none_of_its_kind(path: Path) -> None:
    assert [name for name, job in workflow(path)["jobs"].items() if "timeout-minutes" not in job] == []
    assert "group" in workflow(path)["concurrency"]


@pytest.mark.parametrize("name", ["apply.yaml", "drift.yaml"])
def test_what_speaks_to_aws_is_never_broken_off(name: str) -> None:
    assert workflow(WORKFLOWS / name)["concurrency"]["cancel-in-progress"] is False


def test_the_jobs_that_speak_to_aws_are_those_that_the_roles_trust() -> None:
    applying = workflow(WORKFLOWS / "apply.yaml")["jobs"]["apply"]
    looking = workflow(WORKFLOWS / "drift.yaml")["jobs"]["look"]
    assert (applying.get("environment"), looking.get("environment")) == (ENVIRONMENT, None)
    assert all(f"github.ref == '{BRANCH}'" in job["if"] for job in (applying, looking))


def test_the_checks_to_require_are_the_jobs_of_these_names() -> None:
    # docs/deployment.md says so to whoever sets the branch's rules.
    names = [job["name"] for path in FILES for job in workflow(path)["jobs"].values()]
    assert [names.count(check) for check in ("validate", "test")] == [1, 1]


def test_what_is_no_code_is_what_people_write() -> None:
    (data,) = re.findall(r"data=\((.*?)\)", (WORKFLOWS / "test.yaml").read_text())
    assert data.split() == [*(kind.folder for kind in Kind), APPROVALS_FILE]


def test_a_change_of_code_runs_the_same_command_as_on_anybodys_machine() -> None:
    job = workflow(WORKFLOWS / "test.yaml")["jobs"]["test"]
    assert [step["run"] for step in job["steps"] if "run" in step] == ["make test"]
