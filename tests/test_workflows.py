"""The GitHub workflows: right by GitHub's own schema, and none that could be used against us."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.programs import run

ROOT: Final = Path(__file__).parents[1]
WORKFLOWS: Final = sorted((ROOT / ".github" / "workflows").glob("*.yaml"))

by_file = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


def workflow(path: Path) -> dict[Any, Any]:
    read: dict[Any, Any] = yaml.safe_load(path.read_text())
    return read


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in workflow(path)["jobs"].values() for step in job.get("steps", ())]


def test_there_is_a_workflow_that_tests_every_change() -> None:
    (test,) = [path for path in WORKFLOWS if path.name == "test.yaml"]
    assert {"pull_request", "push", "merge_group"} == workflow(test)[True].keys()  # YAML 1.1 reads `on` as true
    assert [step["run"] for step in steps(test) if "run" in step] == ["make test"]


@by_file
def test_a_workflow_is_one_by_githubs_schema(path: Path) -> None:
    done = run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", path)
    assert done.returncode == 0, done.stdout


@by_file
def test_an_action_is_pinned_by_its_commit_with_the_version_beside(path: Path) -> None:
    used = re.findall(r"^\s*(?:- )?uses:\s*(.*)$", path.read_text(), re.MULTILINE)
    loose = [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)]
    assert used
    assert loose == []


@by_file
def test_a_workflow_reads_by_default(path: Path) -> None:
    assert workflow(path)["permissions"] in ({}, {"contents": "read"})


@by_file
def test_a_checkout_leaves_no_credentials_behind(path: Path) -> None:
    checkouts = [step for step in steps(path) if str(step.get("uses")).startswith("actions/checkout@")]
    assert [step for step in checkouts if step["with"].get("persist-credentials") is not False] == []


@by_file
def test_a_job_ends_in_time_and_waits_for_none_of_its_kind(path: Path) -> None:
    assert [name for name, job in workflow(path)["jobs"].items() if "timeout-minutes" not in job] == []
    assert "group" in workflow(path)["concurrency"]
