"""How the forwarder is watched: the alarms, the dashboard, and the schedule of the sweep."""

import json
import re
from pathlib import Path
from typing import Any, cast

import pytest

from provisioner.forwarder import metrics as written
from provisioner.operations.deliveries import METRIC
from provisioner.resources.dashboard import MAX_WIDGETS, dashboard_body
from provisioner.resources.metrics import DATASET, NAMESPACE
from provisioner.resources.stack import provision
from tests.resources.recorder import Recording, record
from tests.support import catalogue, push_dataset, stack_settings

TOPIC = "arn:aws:sns:eu-west-2:111122223333:alarms"
STACK = stack_settings(alarm_topic_arn=TOPIC, sweep_minutes=90)
SAMPLE = catalogue(push_dataset("alpha"))

# CloudWatch API Reference, PutMetricAlarm.
MAX_DESCRIPTION = 1024
MAX_ALARM_SECONDS = 24 * 60 * 60

pytestmark = pytest.mark.usefixtures("routes_alone", "no_text_of_outputs")


@pytest.fixture
def applied(workspace: Path) -> Recording:
    return record(lambda: provision(SAMPLE, STACK, workspace), preview=False)


def alarms(recording: Recording) -> dict[str, Any]:
    return {alarm.inputs["name"]: alarm.inputs for alarm in recording.of_type("MetricAlarm")}


def widgets() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = dashboard_body(STACK)["widgets"]
    return found


def test_what_is_watched_is_what_the_forwarder_writes(applied: Recording) -> None:
    """The forwarder ships alone, so that its names stand twice."""
    assert (
        written.NAMESPACE,
        cast("Any", written.metric_line("alpha", {}, 0.0))["_aws"]["CloudWatchMetrics"][0]["Dimensions"],
    ) == (NAMESPACE, [[DATASET], []])
    shown = json.dumps(widgets()) + json.dumps([one["metricName"] for one in alarms(applied).values()])
    named = {name for pair in re.findall(r'"DataExports", "(\w+)"|(?:MAX|SUM)\((\w+)\)', shown) for name in pair}
    assert {"Delivered", "Bytes", "Failed", "OldestAge", "Pending"} <= named - {""} <= written.UNITS.keys()
    assert METRIC == written.DELIVERED


def test_each_thing_that_goes_wrong_has_its_alarm(applied: Recording) -> None:
    queue, dead = ({"QueueName": applied.one("Queue", name).inputs["name"]} for name in ("queue", "dead-letters"))
    function = {"FunctionName": applied.one("Function").inputs["name"]}
    assert {
        (one["namespace"], one["metricName"], *one.get("dimensions", {}).items()): (one["statistic"], one["threshold"])
        for one in alarms(applied).values()
    } == {
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", *dead.items()): ("Maximum", 0),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage", *queue.items()): ("Maximum", 900),
        ("AWS/Lambda", "Errors", *function.items()): ("Sum", 0),
        ("AWS/Lambda", "Throttles", *function.items()): ("Sum", 0),
        ("DataExports", "Failed"): ("Sum", 0),
    }


def test_an_alarm_speaks_to_the_topic_of_the_settings_when_it_is_raised_and_when_it_is_over(
    applied: Recording, workspace: Path
) -> None:
    assert {(*one["alarmActions"], *one["okActions"]) for one in alarms(applied).values()} == {(TOPIC, TOPIC)}
    silent = record(lambda: provision(SAMPLE, stack_settings(), workspace), preview=False)
    assert {(*one["alarmActions"], *one["okActions"]) for one in alarms(silent).values()} == {()}


def test_a_night_without_a_file_raises_no_alarm(applied: Recording) -> None:
    for alarm in alarms(applied).values():
        assert alarm["treatMissingData"] == "notBreaching"
        assert alarm["comparisonOperator"] == "GreaterThanThreshold"


def test_every_alarm_says_what_to_do_and_is_one_that_cloudwatch_takes(applied: Recording) -> None:
    for alarm in alarms(applied).values():
        assert "`provisioner status`" in alarm["alarmDescription"]
        assert len(alarm["alarmDescription"]) <= MAX_DESCRIPTION
        assert alarm["period"] % 60 == 0
        assert alarm["period"] * alarm["evaluationPeriods"] <= MAX_ALARM_SECONDS


def test_only_deliveries_that_fail_without_a_pause_raise_an_alarm(applied: Recording) -> None:
    """One that is tried again and ends well wakes nobody; one that does not becomes a dead letter, which does."""
    assert alarms(applied)["export-forwarder-failed-deliveries"]["evaluationPeriods"] == 3


def test_the_dashboard_is_the_same_for_one_dataset_and_for_ten_thousand(applied: Recording) -> None:
    dashboard = applied.one("Dashboard").inputs
    assert dashboard["dashboardName"] == "export-forwarder"
    assert json.loads(dashboard["dashboardBody"]) == dashboard_body(STACK)
    assert len(widgets()) <= MAX_WIDGETS
    assert "alpha" not in dashboard["dashboardBody"]


@pytest.mark.parametrize("metric", ["Delivered", "Bytes", "Failed", "DeadLettered", "OldestAge"])
def test_of_each_metric_of_datasets_the_highest_are_shown_and_the_sum_is_not_one_of_them(metric: str) -> None:
    (query,) = (
        row[0]["expression"]
        for widget in widgets()
        for row in widget["properties"]["metrics"]
        if isinstance(row[0], dict) and f"({metric})" in row[0]["expression"]
    )
    assert "FROM SCHEMA(DataExports, Dataset) GROUP BY Dataset ORDER BY" in query
    assert query.endswith("DESC LIMIT 20")


def test_the_dashboard_shows_the_metrics_of_our_own_queues_and_function() -> None:
    rows = {
        tuple(row)
        for widget in widgets()
        for row in widget["properties"]["metrics"]
        if isinstance(row[0], str) and row[0].startswith("AWS/")
    }
    assert rows == {
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", STACK.forwarder),
        ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "QueueName", STACK.forwarder),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", STACK.forwarder),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", STACK.dead_letters),
        *(
            ("AWS/Lambda", name, "FunctionName", STACK.forwarder)
            for name in ("Duration", "ConcurrentExecutions", "Errors", "Throttles")
        ),
    }


def test_no_two_graphs_of_the_dashboard_lie_on_each_other() -> None:
    places = [
        (widget["x"] + right, widget["y"] + down)
        for widget in widgets()
        for right in range(widget["width"])
        for down in range(widget["height"])
    ]
    assert len(places) == len({*places})
    assert max(x for x, _ in places) < 24


def test_the_sweep_has_its_turn_as_often_as_the_settings_say(applied: Recording) -> None:
    rule, target = applied.one("EventRule"), applied.one("EventTarget")
    assert rule.inputs["scheduleExpression"] == "rate(90 minutes)"
    assert target.inputs["rule"] == rule.inputs["name"] == "export-forwarder-sweep"
    assert target.inputs["arn"] == "arn:aws:queue:::export-forwarder"
    assert json.loads(target.inputs["input"]) == {"sweep": {}}


def test_no_turn_is_sent_before_the_queue_takes_it(applied: Recording) -> None:
    assert applied.one("QueuePolicy").urn in applied.one("EventTarget").depends_on
