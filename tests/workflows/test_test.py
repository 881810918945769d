"""test.yaml, executed: code is tested, dataset files alone are not, and the check that is required always ends."""

import pytest

from tests.workflows.runner import JobRun, Runner
from tests.workflows.scratch import Content, Scratch

DATA = "push_datasets/weekly_returns.yaml"


def results(jobs: dict[str, JobRun]) -> dict[str, str]:
    return {name: job.result for name, job in jobs.items()}


@pytest.mark.parametrize("path", [DATA, "pull_datasets/a.yaml", "approvals.yaml"])
def test_a_request_of_dataset_files_alone_ends_well_without_the_tests(
    runner: Runner, scratch: Scratch, path: str
) -> None:
    jobs = runner.run("test.yaml", scratch.pull_request({path: "name: a\n"}))
    assert results(jobs) == {"changes": "success", "test": "skipped", "tested": "success"}
    assert "Only dataset files change" in jobs["changes"].annotations("notice")[0].data


@pytest.mark.parametrize(
    "changes",
    [
        {"provisioner/settings.py": "x = 1\n"},
        {DATA: "name: a\n", "Makefile": "test:\n"},
        {"Pulumi.prod.yaml": "config:\n"},
        {".github/workflows/test.yaml": "name: test\n"},
        {"elsewhere/push_datasets/a.yaml": "name: a\n"},
        {"push_datasets.py": "x = 1\n"},
        {"Makefile": None},
    ],
    ids=lambda changes: " ".join(changes),
)
def test_a_request_of_anything_else_is_tested(runner: Runner, scratch: Scratch, changes: dict[str, Content]) -> None:
    jobs = runner.run("test.yaml", scratch.pull_request(changes))
    assert jobs["test"].result != "skipped"
    assert jobs["tested"].result == jobs["test"].result


def test_tests_that_fail_fail_the_check(runner: Runner, scratch: Scratch) -> None:
    runner.test_code = 2
    jobs = runner.run("test.yaml", scratch.pull_request({"provisioner/settings.py": "x = 1\n"}))
    assert results(jobs) == {"changes": "success", "test": "failure", "tested": "failure"}


def test_a_push_to_main_and_a_merge_group_are_always_tested(runner: Runner, scratch: Scratch) -> None:
    for event in (scratch.push(), scratch.merge_group([{DATA: "name: a\n"}])):
        assert results(runner.run("test.yaml", event)) == {"changes": "success", "test": "success", "tested": "success"}


def test_where_it_cannot_be_told_the_tests_run(runner: Runner, scratch: Scratch) -> None:
    event = scratch.push()
    without_parents = type(event)(name="pull_request", payload=event.payload, ref=event.ref, sha=event.sha)
    jobs = runner.run("test.yaml", without_parents)
    assert jobs["test"].result == "success"
