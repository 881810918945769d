"""What the program registers for a dataset that has a schedule, and what all of these share."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from provisioner.access.exporting import roles_of_export
from provisioner.resources.export_runner import ended_badly
from provisioner.resources.stack import provision
from tests.resources.recorder import Recording, Registered, record
from tests.support import EXPORTER, catalogue, export_of, pull_dataset, push_dataset, stack_settings

STACK: Final = stack_settings(**EXPORTER)
ALPHA: Final = push_dataset("alpha", export=export_of())
SAMPLE: Final = catalogue(
    ALPHA,
    push_dataset("by_hand", export=export_of(schedule=None)),
    pull_dataset("beta", export=export_of(schedule="30 6 * * 1-5")),
)

pytestmark = pytest.mark.usefixtures("routes_alone", "no_text_of_outputs")


@pytest.fixture
def applied(workspace: Path) -> Recording:
    return record(lambda: provision(SAMPLE, STACK, workspace), preview=False)


def named(recording: Recording, kind: str, name: str) -> Registered:
    (found,) = (one for one in recording.of_type(kind) if one.name == name)
    return found


def test_a_dataset_with_a_schedule_costs_eight_resources_and_one_run_by_hand_none(applied: Recording) -> None:
    own = [one for one in applied.resources if one.custom and one.name.startswith("exporter-push-alpha")]
    kinds = sorted(one.type.rpartition(":")[2] for one in own)
    assert kinds == ["Role"] * 3 + ["RolePolicy"] * 3 + ["Schedule", "TaskDefinition"]
    assert not [one for one in applied.resources if "exporter-push-by_hand" in one.name]


def test_the_schedule_is_that_of_the_file_in_its_time_zone_and_on_the_minute(applied: Recording) -> None:
    schedule = named(applied, "Schedule", "exporter-pull-beta").inputs
    assert schedule["scheduleExpression"] == "cron(30 6 ? * MON,TUE,WED,THU,FRI *)"
    assert schedule["scheduleExpressionTimezone"] == "Europe/London"
    assert schedule["flexibleTimeWindow"] == {"mode": "OFF"}
    assert schedule["groupName"] == "exporter"


def test_it_starts_one_task_without_a_public_address_and_keeps_what_it_could_not_start(applied: Recording) -> None:
    target = named(applied, "Schedule", "exporter-push-alpha").inputs["target"]
    task = target["ecsParameters"]
    assert task["taskDefinitionArn"] == STACK.regional_arn("ecs", "task-definition/exporter-push-alpha")
    assert task["launchType"] == "FARGATE"
    assert task["networkConfiguration"] == {
        "assignPublicIp": False,
        "subnets": [*STACK.exporter_subnets],
        "securityGroups": [*STACK.exporter_security_groups],
    }
    assert target["deadLetterConfig"] == {"arn": STACK.regional_arn("sqs", "exporter-failures")}


def container_of(recording: Recording) -> dict[str, Any]:
    (container,) = json.loads(named(recording, "TaskDefinition", "exporter-push-alpha").inputs["containerDefinitions"])
    assert isinstance(container, dict)
    return container


def test_the_container_runs_the_export_and_has_its_one_secret(applied: Recording) -> None:
    container = container_of(applied)
    assert container["image"] == STACK.exporter_image
    assert container["command"] == ["run", "alpha", "--stack", "test"]
    assert container["secrets"] == [{"name": "EXPORT_SOURCE_CORE", "valueFrom": STACK.sources["core"]}]
    assert STACK.sources["core"] not in json.dumps(container["environment"])


def test_the_container_writes_nowhere_but_to_its_scratch_and_has_no_right_of_root(applied: Recording) -> None:
    container = container_of(applied)
    assert container["readonlyRootFilesystem"] is True
    (mount,) = container["mountPoints"]
    assert {"name": "TMPDIR", "value": mount["containerPath"]} in container["environment"]
    assert container["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
    assert "privileged" not in container


def test_each_role_has_its_trust_and_its_policy_and_the_task_the_first_two(applied: Recording) -> None:
    for role, (trust, policy) in roles_of_export(ALPHA, STACK).items():
        assert named(applied, "Role", role).inputs["assumeRolePolicy"] == trust.text
        assert named(applied, "RolePolicy", role).inputs["policy"] == policy.text
    task = named(applied, "TaskDefinition", "exporter-push-alpha").inputs
    assert task["taskRoleArn"].endswith("exporter-push-alpha")
    assert task["executionRoleArn"].endswith("exporter-push-alpha-start")


def test_what_exports_share_is_there_once_and_not_at_all_without_an_image(applied: Recording, workspace: Path) -> None:
    shared = ("Cluster", "ScheduleGroup")
    assert [len(applied.of_type(kind)) for kind in shared] == [1, 1]
    without = record(lambda: provision(catalogue(push_dataset("alpha")), stack_settings(), workspace), preview=False)
    assert [len(without.of_type(kind)) for kind in shared] == [0, 0]


def test_a_run_that_ended_badly_or_never_began_is_an_event_of_our_cluster_that_the_alarm_hears(
    applied: Recording,
) -> None:
    pattern = json.loads(named(applied, "EventRule", "exporter-failures").inputs["eventPattern"])
    assert pattern == ended_badly(STACK)
    assert pattern["detail"]["clusterArn"] == [STACK.regional_arn("ecs", "cluster/exporter")]
    alarm = named(applied, "MetricAlarm", "exporter-failures").inputs
    assert alarm["dimensions"] == {"QueueName": "exporter-failures"}
