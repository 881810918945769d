"""What every way of showing an export has in common."""

import json
from collections.abc import Iterator

from provisioner.access.exporting import exporter_cluster_arn
from provisioner.access.grants import export_place
from provisioner.datasets.model import PullDataset, PushDataset
from provisioner.exports.model import Export, Query, Task
from provisioner.exports.schedule import ScheduleError, parse_schedule
from provisioner.exports.source import variable_of
from provisioner.settings import Settings


def when_of(export: Export) -> str:
    """When it runs: `every day at 05:00 Europe/London`, or by hand.

    What was a schedule by other rules than today's is said as it stands.
    """
    if export.schedule is None:
        return "when somebody runs it"
    try:
        return parse_schedule(export.schedule).words(export.timezone)
    except ScheduleError:
        return f"{export.schedule} {export.timezone}"


def files_of(task: Task, dataset: PushDataset | PullDataset, settings: Settings) -> str:
    """The address of a task's files, its placeholders as the dataset file has them."""
    bucket, prefix = export_place(dataset, settings)
    return f"s3://{bucket}/{prefix}{task.key.text}"


def statement_of(query: Query) -> str:
    """What a statement is called: its file, or what it says."""
    return query.file or query.text


def run_once(dataset: PushDataset | PullDataset, settings: Settings) -> str:
    """The command of the AWS CLI that runs a scheduled export now, exactly as its schedule does."""
    network = {
        "awsvpcConfiguration": {
            "subnets": list(settings.exporter_subnets),
            "securityGroups": list(settings.exporter_security_groups),
            "assignPublicIp": "DISABLED",
        }
    }
    family = settings.scheduled_export(dataset.kind, dataset.name)
    return (
        f"aws ecs run-task --region {settings.region} --cluster {exporter_cluster_arn(settings)} "
        f"--launch-type FARGATE --task-definition {family} "
        f"--network-configuration '{json.dumps(network, separators=(',', ':'))}'"
    )


def follow_log(dataset: PushDataset | PullDataset, settings: Settings) -> str:
    """The command of the AWS CLI that shows what a scheduled export says."""
    stream = settings.scheduled_export(dataset.kind, dataset.name)
    return (
        f"aws logs tail --region {settings.region} {settings.exporter_log_group} "
        f"--log-stream-name-prefix {stream}/ --since 1d --follow"
    )


def explained_export(dataset: PushDataset | PullDataset, export: Export, settings: Settings) -> Iterator[str]:
    """What runs when, and what the data engineer does for it."""
    yield f"From the source {export.source}, {when_of(export)}:"
    for task in export.tasks:
        yield f"  {task.name}: {statement_of(task.query)}"
        yield f"    is written to {files_of(task, dataset, settings)}"
        if task.delete is not None:
            yield f"    and what is written is deleted by {statement_of(task.delete)}"
    if dataset.scheduled is None:
        yield f"To run it: {variable_of(export.source)}=postgresql://… exporter run {dataset.name}"
        return
    yield f"The URL of {export.source}, postgresql://USER:PASSWORD@HOST/DATABASE, is the whole text of this secret:"
    yield f"  {settings.sources.get(export.source, 'which the settings do not have')}"
    yield "Where a KMS key of its own encrypts the secret, the key's policy must let this role decrypt:"
    yield f"  {settings.role_arn(settings.export_start_role(dataset.kind, dataset.name))}"
    yield "To run it once by hand, as the schedule does, and to see what it says:"
    yield f"  {run_once(dataset, settings)}"
    yield f"  {follow_log(dataset, settings)}"
