"""What the roles of the workflows may do besides, where the stack runs exports: policies of their own.

As in deployment_policies.py, the calls are those of the AWS provider for each type of resource. They are managed
policies, since a role's own have no room for them beside the others.
"""

from typing import Final

from provisioner.access.exporting import exporter_cluster_arn
from provisioner.access.policies import Document, Statement, allow
from provisioner.settings import Settings

_PASSED_TO: Final = ("ecs-tasks.amazonaws.com", "scheduler.amazonaws.com")


def preview_exports_policy(settings: Settings) -> Document:
    """What looking at exports needs."""
    return Document(
        (
            _allow("ReadCluster", ("ecs:DescribeClusters",), [exporter_cluster_arn(settings)]),
            _allow("ReadTags", ("ecs:ListTagsForResource",), [exporter_cluster_arn(settings), _tasks(settings)]),
            # AWS knows no resource for it.
            _allow("ReadTasks", ("ecs:DescribeTaskDefinition",), ["*"]),
            _allow("ReadSchedules", ("scheduler:GetSchedule",), [_schedules(settings)]),
            _allow("ReadGroup", ("scheduler:GetScheduleGroup", "scheduler:ListTagsForResource"), [_group(settings)]),
            _allow("ReadRoles", ("iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy"), [_roles(settings)]),
            _allow("ReadFailures", ("sqs:GetQueueAttributes", "sqs:ListQueueTags"), [_queue(settings)]),
            _allow("ReadLogTags", ("logs:ListTagsForResource",), _log(settings)),
            _allow(
                "ReadRule",
                ("events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"),
                [_rule(settings)],
            ),
            _allow("ReadAlarm", ("cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"), [_alarm(settings)]),
        )
    )


def apply_exports_policy(settings: Settings) -> Document:
    """What changing exports needs beside `preview_exports_policy`."""
    return Document(
        (
            _allow(
                "ChangeCluster",
                ("ecs:CreateCluster", "ecs:UpdateCluster", "ecs:DeleteCluster"),
                [exporter_cluster_arn(settings)],
            ),
            _allow("RegisterTasks", ("ecs:RegisterTaskDefinition",), [_tasks(settings)]),
            # AWS knows no resource for it. What is ended can be registered again, and what runs goes on.
            _allow("EndTasks", ("ecs:DeregisterTaskDefinition",), ["*"]),
            _allow(
                "TagInCluster",
                ("ecs:TagResource", "ecs:UntagResource"),
                [exporter_cluster_arn(settings), _tasks(settings)],
            ),
            _allow(
                "ChangeSchedules",
                ("scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule"),
                [_schedules(settings)],
            ),
            _allow(
                "ChangeGroup",
                (
                    *("scheduler:CreateScheduleGroup", "scheduler:DeleteScheduleGroup"),
                    *("scheduler:TagResource", "scheduler:UntagResource"),
                ),
                [_group(settings)],
            ),
            _allow(
                "ChangeRoles",
                (
                    *("iam:CreateRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRoleDescription"),
                    *("iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:TagRole", "iam:UntagRole"),
                    # The second is read before a role is deleted.
                    *("iam:DeleteRole", "iam:ListInstanceProfilesForRole"),
                ),
                [_roles(settings)],
            ),
            _allow(
                "PassRoles",
                ("iam:PassRole",),
                [_roles(settings)],
                {"StringEquals": {"iam:PassedToService": [*_PASSED_TO]}},
            ),
            _allow(
                "ChangeFailures",
                (
                    *("sqs:CreateQueue", "sqs:SetQueueAttributes", "sqs:DeleteQueue"),
                    *("sqs:TagQueue", "sqs:UntagQueue"),
                ),
                [_queue(settings)],
            ),
            _allow(
                "ChangeLog",
                (
                    *("logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:DeleteLogGroup"),
                    *("logs:TagResource", "logs:UntagResource"),
                ),
                _log(settings),
            ),
            _allow(
                "ChangeRule",
                (
                    *("events:PutRule", "events:DeleteRule", "events:PutTargets", "events:RemoveTargets"),
                    *("events:TagResource", "events:UntagResource"),
                ),
                [_rule(settings)],
            ),
            _allow(
                "ChangeAlarm",
                (
                    *("cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"),
                    *("cloudwatch:TagResource", "cloudwatch:UntagResource"),
                ),
                [_alarm(settings)],
            ),
        )
    )


def _allow(sid: str, actions: tuple[str, ...], resources: list[str], condition: Statement | None = None) -> Statement:
    return {"Sid": f"{sid}OfExports", **allow(actions, resources, condition or {})}


def _tasks(settings: Settings) -> str:
    """Every revision of the task definition of any export, since datasets bring their own."""
    return settings.regional_arn("ecs", f"task-definition/{settings.exporter}-*:*")


def _schedules(settings: Settings) -> str:
    """Every schedule of the group."""
    return settings.regional_arn("scheduler", f"schedule/{settings.exporter}/*")


def _group(settings: Settings) -> str:
    return settings.regional_arn("scheduler", f"schedule-group/{settings.exporter}")


def _roles(settings: Settings) -> str:
    """The three roles of any export."""
    return settings.role_arn(f"{settings.exporter}-*")


def _queue(settings: Settings) -> str:
    return settings.regional_arn("sqs", settings.exporter_failures)


def _log(settings: Settings) -> list[str]:
    """The log group in both ways of writing it, as provisioner/access/deployment_policies.py says."""
    group = settings.regional_arn("logs", f"log-group:{settings.exporter_log_group}")
    return [group, f"{group}:*"]


def _rule(settings: Settings) -> str:
    return settings.regional_arn("events", f"rule/{settings.exporter_failures}")


def _alarm(settings: Settings) -> str:
    return settings.regional_arn("cloudwatch", f"alarm:{settings.exporter_failures}")
