"""apply.yaml, executed with a stand-in for Pulumi: the right role applies main; a failure names the dataset."""

from typing import Final

import pytest

from provisioner.emulator.embedded_aws import EmbeddedAws
from tests.support import OURS
from tests.workflows.runner import Runner
from tests.workflows.scratch import Scratch

SET_UP: Final = {
    "APPLY_ROLE_ARN": "arn:aws:iam::111122223333:role/apply",
    "PULUMI_BACKEND_URL": "s3://example-pulumi-state",
    "AWS_REGION": "eu-west-2",
}
CHECK_LIVE: Final = """\
#!/bin/bash
echo "$AWS_ACCESS_KEY_ID" > "$RUNNER_TEMP/asked-by"
case "$*" in
*github) echo "::error file=push_datasets/prison_visits.yaml,line=1,title=live::prison_visits is not deployed" ;;
*markdown) echo "**prison_visits** is not deployed" ;;
esac
exit 1
"""


@pytest.fixture(autouse=True)
def _set_up(runner: Runner) -> None:
    runner.variables = SET_UP
    runner.check_live = CHECK_LIVE


def test_what_main_says_by_now_is_applied_by_the_role_that_may(runner: Runner, scratch: Scratch) -> None:
    runner.pulumi = (
        "#!/bin/bash\n"
        'echo "$@" > "$RUNNER_TEMP/pulumi"; cat newest >> "$RUNNER_TEMP/pulumi"\n'
        'echo "$AWS_ACCESS_KEY_ID" >> "$RUNNER_TEMP/pulumi"\n'
    )
    event = scratch.push()
    scratch.change({"newest": "a later merge\n"})
    jobs = runner.run("apply.yaml", event)
    assert {name: job.result for name, job in jobs.items()} == {"apply": "success", "not-set-up": "skipped"}, jobs[
        "apply"
    ].log
    assert jobs["apply"].machine
    assert (jobs["apply"].machine.temp / "pulumi").read_text().splitlines() == [
        "up --stack=prod --backend=s3://example-pulumi-state",
        "a later merge",
        f"key-of-{SET_UP['APPLY_ROLE_ARN']}",
    ]
    assert runner.outside
    assert runner.outside.roles == [SET_UP["APPLY_ROLE_ARN"]]
    assert jobs["apply"].annotations("error") == []


def test_the_dataset_stacks_are_applied_after_the_one_that_they_share_and_none_hinders_another(
    runner: Runner, scratch: Scratch
) -> None:
    runner.pulumi = (
        '#!/bin/bash\necho "$PULUMI_BACKEND_URL $1 $2" >> "$RUNNER_TEMP/pulumi"\n'
        'case "$*" in *prod-1*) exit 255 ;; esac\n'
    )
    settings = (scratch.root / "Pulumi.prod.yaml").read_text()
    scratch.change(
        {
            "Pulumi.prod.yaml": f"{settings}  data-engineering-exports:dataset_stacks: 2\n",
            "Pulumi.prod-1.yaml": "encryptedkey: abc\n",
            "Pulumi.prod-2.yaml": "encryptedkey: abc\n",
        }
    )
    jobs = runner.run("apply.yaml", scratch.push())
    assert jobs["apply"].machine
    assert [line.split()[-1] for line in (jobs["apply"].machine.temp / "pulumi").read_text().splitlines()] == [
        "--stack=prod",
        "--stack=prod-1",
        "--stack=prod-2",
    ]
    assert jobs["apply"].result == "failure"


def test_a_failure_names_the_dataset(runner: Runner, scratch: Scratch) -> None:
    runner.pulumi = "#!/bin/bash\necho 'error: update failed' >&2\nexit 255\n"
    jobs = runner.run("apply.yaml", scratch.push())
    assert jobs["apply"].result == "failure"
    (error,) = jobs["apply"].annotations("error")
    assert (error.properties["file"], error.data) == (
        "push_datasets/prison_visits.yaml",
        "prison_visits is not deployed",
    )
    assert jobs["apply"].summary == "**prison_visits** is not deployed\n"


def test_with_the_real_check_live_too(runner: Runner, scratch: Scratch) -> None:
    runner.pulumi = "#!/bin/bash\nexit 255\n"
    runner.check_live = None
    with EmbeddedAws(OURS) as nothing_deployed:
        runner.aws = nothing_deployed.environment()
        jobs = runner.run("apply.yaml", scratch.push())
    assert "push_datasets/prison_visits.yaml" in [
        error.properties["file"] for error in jobs["apply"].annotations("error")
    ], jobs["apply"].log
    assert "prison_visits" in jobs["apply"].summary


@pytest.mark.parametrize("missing", SET_UP)
def test_where_it_is_not_set_up_that_is_said_and_nothing_fails(runner: Runner, scratch: Scratch, missing: str) -> None:
    runner.variables = {name: value for name, value in SET_UP.items() if name != missing}
    jobs = runner.run("apply.yaml", scratch.push())
    assert {name: job.result for name, job in jobs.items()} == {"apply": "skipped", "not-set-up": "success"}
    (notice,) = jobs["not-set-up"].annotations("notice")
    assert missing in notice.data
    assert runner.outside
    assert runner.outside.roles == []


def test_it_is_not_applied_from_another_branch(runner: Runner, scratch: Scratch) -> None:
    event = scratch.push()
    elsewhere = type(event)(name="workflow_dispatch", payload={}, ref="refs/heads/other", sha=event.sha)
    assert runner.run("apply.yaml", elsewhere)["apply"].result == "skipped"
