"""What all scheduled exports share: where they run, where they log, and where it is seen that one failed."""

import json
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from provisioner.access.exporting import exporter_cluster_arn, failures_policy
from provisioner.access.limits import MAX_QUEUE_POLICY, within_limit
from provisioner.resources.alarms import PERIOD_SECONDS
from provisioner.resources.component import Component
from provisioner.resources.forwarder import RETENTION_SECONDS
from provisioner.resources.metrics import of_queue
from provisioner.settings import Settings

_DESCRIPTION: Final = (
    "A scheduled export could not be started, or ended badly. Nothing of it is half done, and what it staged is kept "
    "for some days: the next run finishes it. The messages of the queue say which; its stream of the log says why. "
    "Mend that and run it once by hand, as `provisioner explain` says; then purge the queue."
)


class ExportRunner(Component):
    """Cluster, log group, group of schedules, and the queue of failures with its rule and alarm."""

    def __init__(self, settings: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        """The one of a stack whose settings say with which image exports run. A cluster of Fargate costs nothing."""
        name = "exporter"
        super().__init__(name, opts)
        aws.ecs.Cluster(name, name=settings.exporter, opts=self.child())
        aws.cloudwatch.LogGroup(
            name,
            name=settings.exporter_log_group,
            retention_in_days=settings.log_retention_days,
            opts=self.child(),
        )
        aws.scheduler.ScheduleGroup(name, name=settings.exporter, opts=self.child())
        self._failures(settings)
        self.register_outputs({})

    def _failures(self, settings: Settings) -> None:
        name = settings.exporter_failures
        queue = aws.sqs.Queue(
            name,
            name=name,
            message_retention_seconds=RETENTION_SECONDS,
            sqs_managed_sse_enabled=True,
            opts=self.child(),
        )
        policy = within_limit(failures_policy(settings), MAX_QUEUE_POLICY, "a queue policy", settings)
        let_in = aws.sqs.QueuePolicy(name, queue_url=queue.url, policy=policy.text, opts=self.child())
        rule = aws.cloudwatch.EventRule(
            name,
            name=name,
            description="Sees the exports that ended badly",
            event_pattern=json.dumps(ended_badly(settings)),
            opts=self.child(),
        )
        aws.cloudwatch.EventTarget(
            name, rule=rule.name, target_id="failures", arn=queue.arn, opts=self.child(depends_on=[let_in])
        )
        metric = of_queue("ApproximateNumberOfMessagesVisible", name)
        topics = [settings.alarm_topic_arn] if settings.alarm_topic_arn else []
        aws.cloudwatch.MetricAlarm(
            name,
            name=name,
            alarm_description=_DESCRIPTION,
            namespace=metric.namespace,
            metric_name=metric.name,
            dimensions={**metric.dimensions},
            statistic="Maximum",
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            period=PERIOD_SECONDS,
            evaluation_periods=1,
            treat_missing_data="notBreaching",
            alarm_actions=topics,
            ok_actions=topics,
            opts=self.child(),
        )


def ended_badly(settings: Settings) -> dict[str, Any]:
    """The pattern of the events of tasks in our cluster that never started, or whose container ended with an error.

    Amazon ECS Developer Guide, "Amazon ECS task state change events"; EventBridge User Guide, "Comparison operators
    for use in event patterns". What has no exit code never ran.
    """
    return {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {
            "clusterArn": [exporter_cluster_arn(settings)],
            "lastStatus": ["STOPPED"],
            "$or": [
                {"containers": {"exitCode": [{"anything-but": 0}]}},
                {"containers": {"exitCode": [{"exists": False}]}},
            ],
        },
    }
