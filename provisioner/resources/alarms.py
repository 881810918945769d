"""The alarms: what goes wrong with the forwarder wakes somebody, and tells them what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import pulumi
import pulumi_aws as aws

from provisioner.resources.component import Component
from provisioner.resources.metrics import Metric, of_all, of_function, of_queue
from provisioner.settings import Settings

PERIOD_SECONDS: Final = 300
"""What a data point of an alarm sums up: SQS and Lambda report each minute, and less often while nothing happens."""
OLDEST_SECONDS: Final = 15 * 60
"""A message that has waited for so long is not worked off: the longest wait before a delivery is tried again."""


@dataclass(frozen=True, kw_only=True)
class _Alarm:
    """The alarm is raised where the metric is above `threshold` in each of the last `periods`."""

    kind: str
    metric: Metric
    statistic: Literal["Maximum", "Sum"]
    threshold: int = 0
    periods: int = 1
    description: str


def alarms(settings: Settings) -> Iterator[_Alarm]:
    """Every alarm. The text of each is all that whoever is woken has to begin with."""
    yield _Alarm(
        kind="dead-letters",
        metric=of_queue("ApproximateNumberOfMessagesVisible", settings.dead_letters),
        statistic="Maximum",
        description="Files could not be delivered and are given up; none of them is lost. `provisioner status` says of "
        "each dataset why, and what to do. Then return them with `provisioner redrive`: SQS keeps them for 14 days.",
    )
    yield _Alarm(
        kind="oldest-message",
        metric=of_queue("ApproximateAgeOfOldestMessage", settings.forwarder),
        statistic="Maximum",
        threshold=OLDEST_SECONDS,
        description="A file has waited for more than 15 minutes. `provisioner status` says whether one dataset fails, "
        "which is for its team to mend, or all wait: then look at the function's throttles and duration.",
    )
    yield _Alarm(
        kind="errors",
        metric=of_function("Errors", settings),
        statistic="Sum",
        description="The forwarder itself ended with an error or ran out of time; what it had in hand is tried again. "
        f"The last lines of its log, {settings.forwarder_log_group}, say where. `provisioner status` says what waits.",
    )
    yield _Alarm(
        kind="throttles",
        metric=of_function("Throttles", settings),
        statistic="Sum",
        description="AWS did not let the forwarder run: the account runs as many functions as it may. Files only wait. "
        "`provisioner status` says how many; if it goes on, ask AWS for more concurrent executions (Service Quotas).",
    )
    yield _Alarm(
        kind="failed-deliveries",
        metric=of_all("Failed"),
        statistic="Sum",
        # One that fails and is tried again is nothing to wake anybody for: it ends well, or as a dead letter.
        periods=3,
        description="Deliveries have failed for a quarter of an hour without a pause; all are tried again. "
        "`provisioner status` says of which datasets, why, and what to do.",
    )


class Alarms(Component):
    """The alarms of a stack; without a topic in the settings they are seen in the console and tell nobody."""

    def __init__(self, settings: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        """Every alarm, speaking to the topic of the settings when it is raised and when it is over."""
        super().__init__("alarms", opts)
        topics = [settings.alarm_topic_arn] if settings.alarm_topic_arn else []
        for alarm in alarms(settings):
            aws.cloudwatch.MetricAlarm(
                alarm.kind,
                name=settings.alarm(alarm.kind),
                alarm_description=alarm.description,
                namespace=alarm.metric.namespace,
                metric_name=alarm.metric.name,
                dimensions={**alarm.metric.dimensions},
                statistic=alarm.statistic,
                comparison_operator="GreaterThanThreshold",
                threshold=alarm.threshold,
                period=PERIOD_SECONDS,
                evaluation_periods=alarm.periods,
                # No file, no data: that is how most nights are.
                treat_missing_data="notBreaching",
                alarm_actions=topics,
                ok_actions=topics,
                opts=self.child(),
            )
        self.register_outputs({})
