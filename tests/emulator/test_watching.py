"""The schedule, the alarms and the dashboard that the program makes, as the embedded AWS knows them afterwards."""

import json
from pathlib import Path

import pytest

from provisioner.emulator.embedded_aws import EmbeddedAws
from provisioner.resources.alarms import alarms
from provisioner.resources.dashboard import dashboard_body
from tests.emulator.deployment import Deployment, deployment

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")  # of its own aliases, as it is loaded


@pytest.fixture(scope="module")
def made(embedded_aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A stack that is applied."""
    folder: Path = tmp_path_factory.mktemp("watching")
    stack = deployment(embedded_aws, folder, 710_000_000_001)
    stack.apply(stack.root_credentials)
    return stack


def test_the_rule_sends_the_turn_of_the_sweep_to_the_forwarders_queue(made: Deployment) -> None:
    events, settings = made.client("events"), made.settings
    rule = events.describe_rule(Name=settings.sweep_rule)
    assert (rule["State"], rule["ScheduleExpression"]) == ("ENABLED", "rate(60 minutes)")
    (target,) = events.list_targets_by_rule(Rule=settings.sweep_rule)["Targets"]
    assert target["Arn"] == settings.regional_arn("sqs", settings.forwarder)
    assert json.loads(target["Input"]) == {"sweep": {}}
    tags = events.list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"]
    assert {"Key": "managed-by", "Value": "data-engineering-exports"} in tags


def test_every_alarm_is_there_and_watches_its_metric(made: Deployment) -> None:
    wanted = {made.settings.alarm(one.kind): one for one in alarms(made.settings)}
    found = {one["AlarmName"]: one for one in made.client("cloudwatch").describe_alarms()["MetricAlarms"]}
    assert found.keys() == wanted.keys()
    for name, alarm in wanted.items():
        assert found[name]["MetricName"] == alarm.metric.name
        assert {one["Name"]: one["Value"] for one in found[name]["Dimensions"]} == alarm.metric.dimensions
        assert (found[name]["Threshold"], found[name]["EvaluationPeriods"]) == (alarm.threshold, alarm.periods)
        assert found[name]["AlarmActions"] == found[name]["OKActions"] == [made.settings.alarm_topic_arn]


def test_the_dashboard_is_there(made: Deployment) -> None:
    found = made.client("cloudwatch").get_dashboard(DashboardName=made.settings.forwarder)
    assert json.loads(found["DashboardBody"]) == dashboard_body(made.settings)


def test_the_function_knows_its_queues_and_its_journal(made: Deployment) -> None:
    function = made.client("lambda").get_function_configuration(FunctionName=made.settings.forwarder)
    variables = function["Environment"]["Variables"]
    sqs = made.client("sqs")
    for variable, queue in (
        ("QUEUE_URL", made.settings.forwarder),
        ("DEAD_LETTER_QUEUE_URL", made.settings.dead_letters),
    ):
        assert variables[variable] == sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    made.client("s3").head_bucket(Bucket=variables["JOURNAL_BUCKET"])


def test_a_batch_waits_a_second_for_more(made: Deployment) -> None:
    (mapping,) = made.client("lambda").list_event_source_mappings(FunctionName=made.settings.forwarder)[
        "EventSourceMappings"
    ]
    assert (mapping["BatchSize"], mapping["MaximumBatchingWindowInSeconds"]) == (100, 1)
