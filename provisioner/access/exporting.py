"""The documents of the three roles of a scheduled export: what runs, what starts it, and what keeps the time."""

from collections.abc import Iterator
from typing import Any, Final

from provisioner.access.grants import exporter_grants
from provisioner.access.policies import Document, Statement, allow, identity_statements
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.exports.model import Export
from provisioner.settings import Settings
from provisioner.settings.limits import IMAGE

# Amazon ECR User Guide, "Amazon ECR registries": how a private registry is called, outside China and in it.
_ECR_HOST: Final = ".dkr.ecr."
_TASKS: Final = "ecs-tasks.amazonaws.com"
"""Who works as the roles of a task, in every partition (Amazon ECS Developer Guide, "Amazon ECS task IAM role")."""


def exporter_policy(dataset: PushDataset | PullDataset, settings: Settings) -> Document:
    """What a run of the dataset's export may do in AWS: write its files, look whether they are there, and read them."""
    return Document(tuple(identity_statements(exporter_grants(dataset, settings), settings)))


def task_trust(settings: Settings) -> Document:
    """Who may work as the roles of a task: ECS, for a task of our account and region.

    Amazon ECS Developer Guide, "Amazon ECS task IAM role": without the conditions ECS could be made a deputy of
    somebody else's task.
    """
    return _service_trust(_TASKS, settings.regional_arn("ecs", "*"), settings)


def clock_trust(settings: Settings) -> Document:
    """Who may work as the role that keeps the time: EventBridge Scheduler, for a schedule of our group.

    EventBridge Scheduler User Guide, "Confused deputy prevention": the source is the group, and not the schedule.
    """
    return _service_trust(
        "scheduler.amazonaws.com", settings.regional_arn("scheduler", f"schedule-group/{settings.exporter}"), settings
    )


def _service_trust(service: str, source: str, settings: Settings) -> Document:
    return Document(
        (
            {
                "Sid": "Service",
                "Effect": "Allow",
                "Principal": {"Service": service},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "ArnLike": {"aws:SourceArn": source},
                    "StringEquals": {"aws:SourceAccount": settings.account_id},
                },
            },
        )
    )


def start_policy(dataset: PushDataset | PullDataset, export: Export, settings: Settings) -> Document:
    """What ECS may do to start a run: pull the image, read the one secret, write the export's own part of the log."""
    log = settings.regional_arn("logs", f"log-group:{settings.exporter_log_group}")
    streams = f"{log}:log-stream:{settings.scheduled_export(dataset.kind, dataset.name)}/*"
    return Document(
        (
            *_pull_image(settings),
            *_read_url(export, settings),
            {"Sid": "WriteLog", **allow(["logs:CreateLogStream", "logs:PutLogEvents"], [streams], {})},
        )
    )


def _read_url(export: Export, settings: Settings) -> Iterator[Statement]:
    """The secret of its source; none that the settings do not know, which is a problem of the file."""
    if secret := settings.sources.get(export.source):
        yield {"Sid": "ReadUrl", **allow(["secretsmanager:GetSecretValue"], [secret], {})}


def _pull_image(settings: Settings) -> Iterator[Statement]:
    """What the image's registry asks for, where it is one of Amazon ECR; another asks for nothing of AWS."""
    image = IMAGE.fullmatch(settings.exporter_image or "")
    if image is None or _ECR_HOST not in image["registry"]:
        return
    account, _, rest = image["registry"].partition(_ECR_HOST)
    repository = f"arn:{settings.partition}:ecr:{rest.partition('.')[0]}:{account}:repository/{image['repository']}"
    # Service Authorization Reference, Amazon ECR: a token is for all registries, and AWS knows no resource for it.
    yield {"Sid": "AskForToken", **allow(["ecr:GetAuthorizationToken"], ["*"], {})}
    layers = ("ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage")
    yield {"Sid": "PullImage", **allow(layers, [repository], {})}


def clock_policy(dataset: PushDataset | PullDataset, settings: Settings) -> Document:
    """What the schedule may do: start this task in our cluster, with its two roles, and say where that failed."""
    family = settings.scheduled_export(dataset.kind, dataset.name)
    cluster: dict[str, Any] = {"ArnEquals": {"ecs:cluster": exporter_cluster_arn(settings)}}
    roles = (family, settings.export_start_role(dataset.kind, dataset.name))
    return Document(
        (
            {
                "Sid": "StartTask",
                **allow(["ecs:RunTask"], [settings.regional_arn("ecs", f"task-definition/{family}:*")], cluster),
            },
            {
                "Sid": "PassRoles",
                **allow(
                    ["iam:PassRole"],
                    [settings.role_arn(role) for role in roles],
                    {"StringEquals": {"iam:PassedToService": _TASKS}},
                ),
            },
            {
                "Sid": "SayWhatFailed",
                **allow(["sqs:SendMessage"], [settings.regional_arn("sqs", settings.exporter_failures)], {}),
            },
        )
    )


def failures_policy(settings: Settings) -> Document:
    """Who may send to the queue of failures by its own policy: the rule that sees runs that ended badly."""
    return Document(
        (
            {
                "Sid": "Ended",
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": settings.regional_arn("sqs", settings.exporter_failures),
                "Condition": {
                    "ArnEquals": {
                        "aws:SourceArn": settings.regional_arn("events", f"rule/{settings.exporter_failures}")
                    },
                    "StringEquals": {"aws:SourceAccount": settings.account_id},
                },
            },
        )
    )


def exporter_cluster_arn(settings: Settings) -> str:
    """The ARN of the cluster in which exports run."""
    return settings.regional_arn("ecs", f"cluster/{settings.exporter}")
