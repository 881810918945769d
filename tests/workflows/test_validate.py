"""validate.yaml, executed: what an analyst and a reviewer see of a good, a bad and a hostile pull request."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.github.server import BOT, FakeGitHub, serving
from tests.reporting.page import page
from tests.workflows.runner import JobRun, Runner
from tests.workflows.scratch import NUMBER, Content, Link, Scratch

NAME: Final = "push_datasets/weekly_returns.yaml"
GOOD: Final = "name: weekly_returns\nbucket: target-bucket-name\nusers:\n  - alpha_user_one\n"
BAD: Final = "name: weekly_returns\ntarget_bucket: target-bucket-name\nusers: alpha_user_one\n"
MARK: Final = "<!-- provisioner: plan -->\n"


def validate(runner: Runner, scratch: Scratch, changes: dict[str, Content], **how: object) -> dict[str, JobRun]:
    jobs = runner.run("validate.yaml", scratch.pull_request(changes, **how))  # type: ignore[arg-type] # a test's words
    assert list(jobs) == ["validate", "comment"]
    return jobs


def comments(github: FakeGitHub) -> list[str]:
    return [comment["body"] for comment in github.comments.get(NUMBER, [])]


@pytest.fixture(scope="class")
def shared(project: Scratch, bytecode: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """What runs a workflow once for all tests of a class, which look at it and change nothing."""
    folder = tmp_path_factory.mktemp("shared")
    with serving() as github:
        yield Runner(folder=folder / "runner", origin=project.copy(folder / "origin"), github=github, bytecode=bytecode)


class TestGood:
    """A new dataset file, with nothing wrong."""

    @pytest.fixture(scope="class")
    @classmethod
    def jobs(cls, shared: Runner) -> dict[str, JobRun]:
        return validate(shared, shared.origin, {NAME: GOOD}, branch="push_dataset/weekly_returns")

    def test_it_passes_and_no_line_is_marked(self, jobs: dict[str, JobRun]) -> None:
        assert {name: job.result for name, job in jobs.items()} == {"validate": "success", "comment": "success"}, jobs[
            "validate"
        ].log
        assert jobs["validate"].annotations("error") == []

    def test_the_summary_has_the_tally_and_the_plan(self, jobs: dict[str, JobRun]) -> None:
        summary = jobs["validate"].summary
        assert "8 files, no problem" in summary
        assert "weekly_returns" in summary

    def test_the_one_comment_is_the_plan(self, jobs: dict[str, JobRun], shared: Runner) -> None:
        assert jobs["comment"].result == "success"
        (comment,) = comments(shared.github)
        assert comment.startswith(MARK)
        assert "weekly_returns" in comment
        assert shared.github.comments[NUMBER][0]["user"]["login"] == BOT


def test_a_comment_is_edited_in_place_at_the_next_push(runner: Runner, scratch: Scratch, github: FakeGitHub) -> None:
    github.page = 2
    for number in range(3):
        github.comment(NUMBER, f"chatter {number}")
    validate(runner, scratch, {NAME: GOOD})
    first = comments(github)[3]
    validate(runner, scratch, {NAME: GOOD.replace("target-bucket-name", "another-bucket")})
    assert len(comments(github)) == 4
    assert comments(github)[3] != first
    assert "another" in comments(github)[3]


class TestBad:
    """A file with two mistakes."""

    @pytest.fixture(scope="class")
    @classmethod
    def jobs(cls, shared: Runner) -> dict[str, JobRun]:
        return validate(shared, shared.origin, {NAME: BAD})

    def test_it_fails_with_each_mistake_at_its_line_once(self, jobs: dict[str, JobRun]) -> None:
        assert jobs["validate"].result == "failure"
        marked = [
            (found.properties["file"], found.properties["line"], found.properties["title"])
            for found in jobs["validate"].annotations("error")
        ]
        assert marked == [(NAME, "2", "key-unknown"), (NAME, "3", "key-type")]

    def test_the_summary_has_them_too(self, jobs: dict[str, JobRun]) -> None:
        assert "2 problems in 1 file" in jobs["validate"].step("validate").summary
        assert "key-unknown" in jobs["validate"].step("validate").summary

    def test_the_analyst_gets_the_comment_all_the_same(self, jobs: dict[str, JobRun], shared: Runner) -> None:
        assert jobs["comment"].result == "success"
        (comment,) = comments(shared.github)
        assert "key-unknown" in comment


class TestRefused:
    """An active dataset's file is deleted: nothing is wrong with a file, and yet it may not be merged."""

    def test_it_fails_with_the_refusal_beside_its_file_and_in_the_comment(
        self, runner: Runner, scratch: Scratch, github: FakeGitHub
    ) -> None:
        jobs = validate(runner, scratch, {"push_datasets/prison_visits.yaml": None})
        assert jobs["validate"].step("validate").outcome == "success"
        assert jobs["validate"].result == "failure"
        (error,) = jobs["validate"].annotations("error")
        assert error.properties["file"] == "push_datasets/prison_visits.yaml"
        assert "status: retired" in error.data
        assert "retired" in comments(github)[0]


def test_a_risk_is_a_warning_at_its_line_and_refuses_nothing(runner: Runner, scratch: Scratch) -> None:
    text = "name: extracts\npull_arns:\n  - arn:aws:iam::999988887777:role/etl\nusers:\n  - alpha_user_one\n"
    jobs = validate(runner, scratch, {"pull_datasets/extracts.yaml": text})
    assert jobs["validate"].result == "success", jobs["validate"].log
    warnings = jobs["validate"].annotations("warning")
    assert "pull_datasets/extracts.yaml" in [warning.properties["file"] for warning in warnings]


def test_nothing_that_changes_is_right_too(runner: Runner, scratch: Scratch, github: FakeGitHub) -> None:
    jobs = validate(runner, scratch, {"notes.md": "no dataset file\n"})
    assert jobs["validate"].result == "success", jobs["validate"].log
    assert len(comments(github)) == 1


class TestFork:
    """Somebody else's repository: its token may not write here."""

    def test_its_plan_is_in_the_summary_and_a_notice_says_so(
        self, runner: Runner, scratch: Scratch, github: FakeGitHub
    ) -> None:
        jobs = validate(runner, scratch, {NAME: GOOD}, fork=True)
        assert (jobs["validate"].result, jobs["comment"].result) == ("success", "skipped"), jobs["validate"].log
        assert "weekly_returns" in jobs["validate"].step("plan").summary
        assert "comes from a fork" in jobs["validate"].annotations("notice")[-1].data
        assert github.asked == []

    def test_our_own_have_no_such_notice(self, runner: Runner, scratch: Scratch) -> None:
        jobs = validate(runner, scratch, {NAME: GOOD})
        assert "fork" not in jobs["validate"].log.replace("Say where the plan of a fork's request is", "")


class TestMergeGroup:
    """Several requests that are to be merged together."""

    def test_all_of_them_are_planned_against_the_base(
        self, runner: Runner, scratch: Scratch, github: FakeGitHub
    ) -> None:
        event = scratch.merge_group([{NAME: GOOD}, {"push_datasets/more.yaml": GOOD.replace("weekly_returns", "more")}])
        jobs = runner.run("validate.yaml", event)
        assert (jobs["validate"].result, jobs["comment"].result) == ("success", "skipped"), jobs["validate"].log
        summary = jobs["validate"].step("plan").summary
        assert "weekly_returns" in summary
        assert "more" in summary
        assert github.asked == []

    def test_a_mistake_in_one_fails_it(self, runner: Runner, scratch: Scratch) -> None:
        jobs = runner.run("validate.yaml", scratch.merge_group([{NAME: BAD}, {}]))
        assert jobs["validate"].result == "failure"


class TestHostile:
    """Whoever may open a pull request may write anything into it. None of it runs, and none of it is obeyed."""

    PWN: Final = "import pathlib, os\npathlib.Path(os.environ['GITHUB_WORKSPACE'], 'pwned').touch()\n"

    def test_code_that_a_request_brings_does_not_run(self, runner: Runner, scratch: Scratch) -> None:
        jobs = validate(
            runner,
            scratch,
            {
                NAME: GOOD,
                "provisioner/__init__.py": self.PWN,
                "provisioner/github/comment.py": self.PWN,
                "sitecustomize.py": self.PWN,
                "yaml.py": self.PWN,
                "json.py": self.PWN,
                "conftest.py": self.PWN,
                "setup.py": self.PWN,
                "Makefile": "$(shell touch pwned)\nsetup:\n\ttouch pwned\n",
                ".venv/bin/provisioner": "#!/bin/sh\ntouch pwned\n",
                ".venv/bin/activate": "touch pwned\n",
                ".gitattributes": "* filter=pwn diff=pwn merge=pwn\n",
                ".lfsconfig": "[lfs]\nurl = http://127.0.0.1:9\n",
                ".env": "PYTHONPATH=.\n",
            },
        )
        assert (jobs["validate"].result, jobs["comment"].result) == ("success", "success"), jobs["validate"].log
        assert not pwned(jobs)

    def test_nor_does_the_name_of_a_file(self, runner: Runner, scratch: Scratch, github: FakeGitHub) -> None:
        jobs = validate(runner, scratch, {NAME: GOOD, "push_datasets/$(touch pwned);`touch pwned`.yaml": GOOD})
        assert jobs["validate"].result == "failure"
        titles = [error.properties["title"] for error in jobs["validate"].annotations("error")]
        assert titles == ["name-file", "name-taken"]
        assert not pwned(jobs)
        assert len(comments(github)) == 1

    @pytest.mark.parametrize(
        "branch",
        ["$(touch${IFS}pwned)", "`touch${IFS}pwned`", ";touch${IFS}pwned;", "';touch${IFS}pwned;'\""],
    )
    def test_nor_does_the_name_of_a_branch(self, runner: Runner, scratch: Scratch, branch: str) -> None:
        name = f"push_dataset/{branch}"
        scratch.git("check-ref-format", "--branch", name)
        jobs = validate(runner, scratch, {NAME: GOOD}, branch=name)
        assert jobs["validate"].result == "success", jobs["validate"].log
        assert not pwned(jobs)

    def test_a_branch_cannot_be_taken_for_an_option(self, runner: Runner, scratch: Scratch) -> None:
        jobs = validate(runner, scratch, {NAME: GOOD}, branch="--exit-zero")
        assert jobs["validate"].result == "success", jobs["validate"].log
        jobs = validate(runner, scratch, {"push_datasets/prison_visits.yaml": None}, branch="--exit-zero")
        assert jobs["validate"].result == "failure"

    def test_no_text_is_a_command_of_the_runner(self, runner: Runner, scratch: Scratch) -> None:
        told = "pwned"
        changes: dict[str, Content] = {
            f"push_datasets/a\n::error::{told}.yaml": GOOD,
            f"push_datasets/a%0A::error::{told}.yaml": GOOD,
            f"push_datasets/a\r::warning::{told}.txt": "",
            f"push_datasets/##[error]{told}.yaml": GOOD,
            f"push_datasets/::stop-commands::{told}.yaml": GOOD,
            "push_datasets/\u202egnp.yaml": GOOD,
            "push_datasets/values.yaml": (
                f'name: "##[error]{told}"\nbucket: "a\\n::error::{told}"\nusers:\n  - "alpha_user_##[add-mask]a"\n'
                f'"x%0A::error::{told}": 1\n"y ##[set-env name=PATH]{told}": 2\ncontact: "##[error]{told}"\n'
            ),
        }
        jobs = validate(runner, scratch, changes)
        assert jobs["validate"].result == "failure"
        ours = {"error", "warning", "notice"}
        for step in jobs["validate"].steps:
            assert {command.name for command in step.commands} <= ours
            assert [command.data for command in step.commands if command.data == told] == []
            assert "##[" not in step.output
            assert "\u202e" not in step.output + step.summary

    def test_no_text_breaks_out_of_the_comment(self, runner: Runner, scratch: Scratch, github: FakeGitHub) -> None:
        nasty = "--> <script>alert(1)</script> ``` | a | [b](https://evil.example) @somebody \u2014 </details>"
        changes: dict[str, Content] = {
            NAME: f"{GOOD}description: '{nasty}'\ncontact: '{nasty}'\npaperwork: '{nasty}'\n",
            "push_datasets/" + nasty.replace("/", "") + ".yaml": GOOD,
        }
        validate(runner, scratch, changes)
        (comment,) = comments(github)
        assert comment.startswith(MARK)
        read = page(comment.removeprefix(MARK))  # as GitHub reads it; it fails where anything is left open
        assert [tag for tag in ("a", "img", "script") if read.every(tag)] == []
        assert "alert(1)" in read.text

    @pytest.mark.parametrize("name", ["Pulumi.prod.yaml", NAME])
    def test_a_link_is_not_followed(self, runner: Runner, scratch: Scratch, tmp_path: Path, name: str) -> None:
        secret = tmp_path / "secret"
        secret.write_text("name: the-secret-of-the-machine\nusers: the-secret-of-the-machine\n")
        jobs = validate(runner, scratch, {name: Link(to=str(secret))})
        assert jobs["validate"].result == "failure"
        assert "file-symlink" in {error.properties["title"] for error in jobs["validate"].annotations("error")}
        assert "the-secret" not in jobs["validate"].log + jobs["validate"].summary

    def test_thousands_of_mistakes_fit_where_they_are_shown(
        self, runner: Runner, scratch: Scratch, github: FakeGitHub
    ) -> None:
        # The runner of the tests fails where a summary is larger than GitHub takes, and the server where a comment is.
        many = BAD + "".join(f"unknown_key_{number}: 1\n" for number in range(30))
        jobs = validate(runner, scratch, {f"push_datasets/bad_{number}.yaml": many for number in range(200)})
        assert (jobs["validate"].result, jobs["comment"].result) == ("failure", "success")
        assert len(jobs["validate"].annotations("error")) > 6_000
        assert len(comments(github)) == 1


def pwned(jobs: dict[str, JobRun]) -> list[Path]:
    """Each trace of something that ran."""
    return [path for job in jobs.values() if job.machine for path in job.machine.folder.rglob("pwned")]


def test_the_code_that_runs_is_that_of_the_base_branch(runner: Runner, scratch: Scratch) -> None:
    """The other side of what is hostile: the same trace, left by the base branch, is there."""
    path = "provisioner/__init__.py"
    scratch.change({path: (scratch.root / path).read_text() + TestHostile.PWN})
    jobs = validate(runner, scratch, {NAME: GOOD})
    assert [name for name, job in jobs.items() if pwned({name: job})] == ["validate", "comment"]
