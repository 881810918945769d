"""A dataset's export as AWS runs it: a schedule that starts a task, and the three roles that this takes."""

import json
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from provisioner.access.exporting import (
    clock_policy,
    clock_trust,
    exporter_cluster_arn,
    exporter_policy,
    start_policy,
    task_trust,
)
from provisioner.access.limits import MAX_ROLE_POLICIES, MAX_TRUST_POLICY, within_limit
from provisioner.access.policies import Document
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.exports.model import Export
from provisioner.exports.schedule import parse_schedule
from provisioner.exports.source import variable_of
from provisioner.resources.component import Component
from provisioner.settings import EXPORT_POLICY, Settings

CONTAINER: Final = "exporter"
"""The name of the container, as logs and `aws ecs run-task` know it."""
SCRATCH: Final = "/scratch"
"""The one folder that a run may write to; `Containerfile` makes it, and has the container's user own it."""
STOP_SECONDS: Final = 120
"""How long a run that is told to stop has; the most on Fargate (Amazon ECS Developer Guide, "Task definition parameters
for Fargate", "Container timeouts")."""
START_WITHIN_SECONDS: Final = 60 * 60
"""How long EventBridge Scheduler tries to start a run: later, the files would be of another time than they say."""
START_ATTEMPTS: Final = 60
"""Of 185 at most (EventBridge Scheduler API Reference, RetryPolicy)."""

_Role = tuple[aws.iam.Role, aws.iam.RolePolicy]


class ScheduledExport(Component):
    """A schedule, a task definition, and roles: of what runs, of what starts it, and of what keeps the time."""

    def __init__(
        self,
        dataset: PushDataset | PullDataset,
        export: Export,
        settings: Settings,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """The export of `dataset`, which has a schedule."""
        name = settings.scheduled_export(dataset.kind, dataset.name)
        super().__init__(name, opts)
        trust = task_trust(settings)

        def role(name: str, description: str, trust: Document, policy: Document) -> _Role:
            return self._role(
                name,
                description,
                within_limit(trust, MAX_TRUST_POLICY, "a trust policy", settings),
                within_limit(policy, MAX_ROLE_POLICIES, f"the policy of {name}", settings),
            )

        task, _ = role(name, f"Writes the files of {dataset.file}", trust, exporter_policy(dataset, settings))
        start, may_start = role(
            settings.export_start_role(dataset.kind, dataset.name),
            f"Starts the export of {dataset.file}",
            trust,
            start_policy(dataset, export, settings),
        )
        clock, may_run = role(
            settings.export_clock_role(dataset.kind, dataset.name),
            f"Runs the export of {dataset.file} on its schedule",
            clock_trust(settings),
            clock_policy(dataset, settings),
        )
        definition = aws.ecs.TaskDefinition(
            name,
            family=name,
            cpu=str(settings.exporter_cpu),
            memory=str(settings.exporter_memory_mib),
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            runtime_platform=aws.ecs.TaskDefinitionRuntimePlatformArgs(
                operating_system_family="LINUX", cpu_architecture="X86_64"
            ),
            task_role_arn=task.arn,
            execution_role_arn=start.arn,
            volumes=[aws.ecs.TaskDefinitionVolumeArgs(name="scratch")],
            container_definitions=json.dumps([container(dataset, export, settings)]),
            opts=self.child(depends_on=[may_start]),
        )
        aws.scheduler.Schedule(
            name,
            name=name,
            group_name=settings.exporter,
            description=f"The export of {dataset.file}",
            schedule_expression=parse_schedule(str(export.schedule)).eventbridge,
            schedule_expression_timezone=export.timezone,
            flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
            target=_target(name, clock, settings),
            opts=self.child(depends_on=[may_run, definition]),
        )
        self.register_outputs({})

    def _role(self, name: str, description: str, trust: Document, policy: Document) -> _Role:
        role = aws.iam.Role(name, name=name, description=description, assume_role_policy=trust.text, opts=self.child())
        return role, aws.iam.RolePolicy(name, name=EXPORT_POLICY, role=role.name, policy=policy.text, opts=self.child())


def container(dataset: PushDataset | PullDataset, export: Export, settings: Settings) -> dict[str, Any]:
    """The container of a run, as ECS defines it: one command, one secret, and nothing to write but its scratch."""
    return {
        "name": CONTAINER,
        "image": settings.exporter_image,
        "essential": True,
        "command": ["run", dataset.name, "--stack", settings.stack],
        "environment": [
            {"name": "AWS_DEFAULT_REGION", "value": settings.region},
            {"name": "TMPDIR", "value": SCRATCH},
        ],
        "secrets": [{"name": variable_of(export.source), "valueFrom": settings.sources.get(export.source, "")}],
        "readonlyRootFilesystem": True,
        "mountPoints": [{"sourceVolume": "scratch", "containerPath": SCRATCH, "readOnly": False}],
        # The first process reaps what ends and passes signals on; it has no right of root's.
        "linuxParameters": {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
        "stopTimeout": STOP_SECONDS,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": settings.exporter_log_group,
                "awslogs-region": settings.region,
                "awslogs-stream-prefix": settings.scheduled_export(dataset.kind, dataset.name),
            },
        },
    }


def _target(family: str, clock: aws.iam.Role, settings: Settings) -> aws.scheduler.ScheduleTargetArgs:
    """One task in the private subnets; what could not be started is kept.

    The task definition is named without its revision, and ECS takes the newest: there is one, as Pulumi ends each that
    it replaces (Amazon ECS API Reference, RunTask). So nobody has to be told a revision that AWS has yet to give.
    """
    return aws.scheduler.ScheduleTargetArgs(
        arn=exporter_cluster_arn(settings),
        role_arn=clock.arn,
        ecs_parameters=aws.scheduler.ScheduleTargetEcsParametersArgs(
            task_definition_arn=settings.regional_arn("ecs", f"task-definition/{family}"),
            task_count=1,
            launch_type="FARGATE",
            network_configuration=aws.scheduler.ScheduleTargetEcsParametersNetworkConfigurationArgs(
                assign_public_ip=False,
                subnets=[*settings.exporter_subnets],
                security_groups=[*settings.exporter_security_groups],
            ),
        ),
        retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
            maximum_event_age_in_seconds=START_WITHIN_SECONDS, maximum_retry_attempts=START_ATTEMPTS
        ),
        dead_letter_config=aws.scheduler.ScheduleTargetDeadLetterConfigArgs(
            arn=settings.regional_arn("sqs", settings.exporter_failures)
        ),
    )
