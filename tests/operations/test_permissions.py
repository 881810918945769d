"""The permissions of whoever operates: those that are listed are enough, and each is needed."""

import json

import pytest

from provisioner.operations.permissions import REDRIVE, STATUS, operator_policy
from tests.operations.stage import Operations, role_with


@pytest.fixture
def busy(stage: Operations) -> Operations:
    """Something of everything that `status` reads."""
    stage.write_file("visits/a")
    stage.trouble("visits/a")
    stage.bury_denied("visits/a")
    stage.note("sweep", before=1.0, started=1.0, finished=2.0, found=0, listed=0)
    return stage


def role_name(without: str) -> str:
    return f"without-{without.partition(':')[2]}"


def test_what_is_listed_is_enough_for_a_status(busy: Operations) -> None:
    outcome = busy.run("status", who=role_with(busy, "looker", operator_policy(busy.settings, STATUS)))
    assert (outcome.code, json.loads(outcome.out)["not_asked"]) == (1, [])


@pytest.mark.parametrize("action", STATUS)
def test_the_lack_of_each_is_said_by_a_status(busy: Operations, action: str) -> None:
    may = operator_policy(busy.settings, [other for other in STATUS if other != action])
    outcome = busy.run("status", who=role_with(busy, f"status-{role_name(action)}", may))
    said = json.loads(outcome.out)["not_asked"]
    assert outcome.code == 69
    assert any(f"lack the permission {action};" in one for one in said)


def test_what_is_listed_is_enough_for_a_redrive(busy: Operations) -> None:
    outcome = busy.run("redrive", "--yes", who=role_with(busy, "mender", operator_policy(busy.settings, REDRIVE)))
    assert (outcome.code, json.loads(outcome.out)["returned"]) == (0, 1)


@pytest.mark.parametrize("action", REDRIVE)
def test_without_any_one_a_redrive_does_not_do_its_work_and_says_so(busy: Operations, action: str) -> None:
    may = operator_policy(busy.settings, [other for other in REDRIVE if other != action])
    outcome = busy.run("redrive", "--yes", who=role_with(busy, f"redrive-{role_name(action)}", may))
    assert outcome.code == 69
    assert action.partition(":")[2] in outcome.err


def test_a_status_reads_no_data_and_removes_nothing(busy: Operations) -> None:
    policy = operator_policy(busy.settings, STATUS)
    assert not {"sqs:DeleteMessage", "sqs:SendMessage"} & {*STATUS}
    (reads,) = [one["Resource"] for one in policy.statements if "s3:GetObject" in one["Action"]]
    assert reads == [f"{busy.settings.bucket_arn(busy.settings.journal_bucket)}/*"]
