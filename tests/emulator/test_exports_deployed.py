"""A scheduled export applied on the embedded AWS by the role that workflows have, with its policies and no more.

That making needs tagging, and a role the right to pass it, the emulator does not ask for here: of these,
tests/access/test_exporting.py asks AWS's own reference.
"""

import dataclasses
from pathlib import Path
from typing import Final

import pytest

from provisioner.access.deployment import WorkflowKind
from provisioner.emulator.embedded_aws import EmbeddedAws
from provisioner.emulator.engine import ApplyError
from provisioner.settings import load_settings
from tests.emulator.deployment import Deployment, deployment
from tests.support import EXPORTER

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")  # of its own aliases, as it is loaded

EXPORTED: Final = """\
name: exported
bucket: target-one
users:
  - alpha_user_one
export:
  source: core
  schedule: "0 5 * * *"
  timezone: Europe/London
  tasks:
    - name: visits
      query: select id from visits
      key: "visits_{time:%Y%m%d%H%M%S}.csv.gz"
"""


@pytest.fixture
def made(embedded_aws: EmbeddedAws, tmp_path: Path, request: pytest.FixtureRequest) -> Deployment:
    """A deployment with an export, of which nothing is applied yet."""
    plain = deployment(embedded_aws, tmp_path, 6 * 10**11 + abs(hash(request.node.nodeid)) % 10**11)
    (tmp_path / "push_datasets/exported.yaml").write_text(EXPORTED)
    with (tmp_path / "Pulumi.test.yaml").open("a") as settings_file:
        for name, value in EXPORTER.items():
            said = list(value) if isinstance(value, tuple) else value
            settings_file.write(f"  data-engineering-exports:{name}: {said!r}\n")
    settings, problems = load_settings(tmp_path, "test")
    assert settings is not None, problems
    return dataclasses.replace(plain, settings=settings)


def test_the_role_that_applies_makes_the_export_and_makes_it_again(made: Deployment) -> None:
    credentials = made.assume(WorkflowKind.APPLY)
    made.apply(credentials)
    made.apply(credentials)
    schedule = made.client("scheduler").get_schedule(Name="exporter-push-exported", GroupName="exporter")
    assert schedule["ScheduleExpression"] == "cron(0 5 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "Europe/London"
    task = made.client("ecs").describe_task_definition(taskDefinition="exporter-push-exported")["taskDefinition"]
    assert task["taskRoleArn"] == made.settings.role_arn("exporter-push-exported")


@pytest.mark.parametrize(
    "statement",
    ["ChangeClusterOfExports", "RegisterTasksOfExports", "ChangeSchedulesOfExports", "ChangeRolesOfExports"],
)
def test_without_a_statement_of_its_policy_it_is_refused(made: Deployment, statement: str) -> None:
    with pytest.raises(ApplyError):
        made.apply(made.assume(WorkflowKind.APPLY, [statement]))
