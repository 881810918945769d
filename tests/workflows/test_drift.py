"""drift.yaml, executed with stand-ins for Pulumi and AWS: one issue, opened, edited and closed."""

from typing import Final

import pytest

from provisioner.emulator.embedded_aws import EmbeddedAws
from tests.github.server import BOT, FakeGitHub
from tests.support import OURS
from tests.workflows.runner import JobRun, Runner
from tests.workflows.scratch import Scratch

SET_UP: Final = {
    "PREVIEW_ROLE_ARN": "arn:aws:iam::111122223333:role/preview",
    "PULUMI_BACKEND_URL": "s3://example-pulumi-state",
    "AWS_REGION": "eu-west-2",
}
WELL: Final = "#!/bin/bash\nexit 0\n"
LEAVER: Final = """\
#!/bin/bash
case "$*" in
*github) echo "::error title=live::alpha_user_one has no role" ;;
*markdown) echo "**alpha_user_one** has no role" ;;
esac
exit 1
"""
DRIFTED: Final = """\
#!/bin/bash
printf '~ aws:s3:BucketPolicy\\r\\n</details> ``` ##[error]pwned\\n'
exit 7
"""


@pytest.fixture(autouse=True)
def _set_up(runner: Runner) -> None:
    runner.variables = SET_UP
    runner.check_live = WELL
    runner.pulumi = WELL


def look(runner: Runner, scratch: Scratch) -> dict[str, JobRun]:
    return runner.run("drift.yaml", scratch.schedule())


def results(jobs: dict[str, JobRun]) -> tuple[str, str]:
    return jobs["look"].result, jobs["issue"].result


def test_where_all_is_well_nothing_is_written(runner: Runner, scratch: Scratch, github: FakeGitHub) -> None:
    jobs = look(runner, scratch)
    assert results(jobs) == ("success", "success"), jobs["look"].log
    assert github.writes() == []


def test_the_preview_refreshes_and_changes_nothing(runner: Runner, scratch: Scratch) -> None:
    runner.pulumi = '#!/bin/bash\necho "$PULUMI_BACKEND_URL" "$@" > "$RUNNER_TEMP/pulumi"\n'
    jobs = look(runner, scratch)
    assert jobs["look"].machine
    backend, command, *options = (jobs["look"].machine.temp / "pulumi").read_text().split()
    assert (backend, command) == (SET_UP["PULUMI_BACKEND_URL"], "preview")
    assert {"--refresh", "--expect-no-changes", "--non-interactive", "--stack=prod"} <= set(options)
    assert runner.outside
    assert runner.outside.roles == [SET_UP["PREVIEW_ROLE_ARN"]]


def test_one_issue_is_opened_edited_and_closed_and_the_next_is_another(
    runner: Runner, scratch: Scratch, github: FakeGitHub
) -> None:
    github.issue("Somebody's", "else")
    runner.check_live = LEAVER
    assert results(look(runner, scratch)) == ("failure", "success")
    (issue,) = [issue for issue in github.issues if issue["user"]["login"] == BOT]
    assert issue["title"] == "AWS is not as the files say"
    assert "**alpha_user_one** has no role" in issue["body"]
    assert "/actions/runs/77" in issue["body"]

    runner.pulumi = DRIFTED
    look(runner, scratch)
    assert len(github.issues) == 2
    assert "**alpha_user_one** has no role" in issue["body"]
    assert "aws:s3:BucketPolicy" in issue["body"]

    runner.check_live = runner.pulumi = WELL
    assert results(look(runner, scratch)) == ("success", "success")
    assert (issue["state"], len(github.issues)) == ("closed", 2)

    runner.pulumi = DRIFTED
    look(runner, scratch)
    assert [issue["state"] for issue in github.issues] == ["open", "closed", "open"]


def test_with_the_real_check_live_the_issue_names_each_dataset(
    runner: Runner, scratch: Scratch, github: FakeGitHub
) -> None:
    runner.check_live = None
    with EmbeddedAws(OURS) as nothing_deployed:
        runner.aws = nothing_deployed.environment()
        jobs = look(runner, scratch)
    assert results(jobs) == ("failure", "success"), jobs["look"].log
    for dataset in ("court_listings", "new_project", "prison_visits", "sentencing_extracts", "shared_returns"):
        assert dataset in github.issues[0]["body"]


def test_where_aws_cannot_be_asked_the_issue_stays_open(runner: Runner, scratch: Scratch, github: FakeGitHub) -> None:
    runner.pulumi = DRIFTED
    look(runner, scratch)
    runner.pulumi = WELL
    runner.check_live = None
    jobs = look(runner, scratch)
    assert results(jobs) == ("failure", "success")
    assert github.issues[0]["state"] == "open"


def test_what_aws_holds_is_code_in_the_issue_and_no_command_in_the_log(
    runner: Runner, scratch: Scratch, github: FakeGitHub
) -> None:
    runner.pulumi = DRIFTED
    jobs = look(runner, scratch)
    assert "    ~ aws:s3:BucketPolicy\n    </details> ``` ##[error]pwned\n" in github.issues[0]["body"]
    assert jobs["look"].annotations("error") == []
    assert jobs["issue"].annotations("error") == []


def test_what_is_endless_is_cut(runner: Runner, scratch: Scratch, github: FakeGitHub) -> None:
    runner.pulumi = "#!/bin/bash\nyes drift | head -c 10000000\nexit 7\n"
    runner.check_live = "#!/bin/bash\nyes finding | head -c 100000\nexit 1\n"
    assert results(look(runner, scratch)) == ("failure", "success")
    assert len(github.issues[0]["body"]) <= 65_536


def test_a_look_that_failed_early_closes_nothing_and_says_so(
    runner: Runner, scratch: Scratch, github: FakeGitHub
) -> None:
    scratch.commit({"Makefile": "setup:\n\tfalse\n"})
    assert results(look(runner, scratch)) == ("failure", "success")
    assert "failed before it saw anything" in github.issues[0]["body"]


@pytest.mark.parametrize("missing", SET_UP)
def test_where_it_is_not_set_up_that_is_said_and_nothing_fails(
    runner: Runner, scratch: Scratch, github: FakeGitHub, missing: str
) -> None:
    runner.variables = {name: value for name, value in SET_UP.items() if name != missing}
    jobs = look(runner, scratch)
    assert {name: job.result for name, job in jobs.items()} == {
        "look": "skipped",
        "issue": "skipped",
        "not-set-up": "success",
    }
    (notice,) = jobs["not-set-up"].annotations("notice")
    assert missing in notice.data
    assert github.asked == []
