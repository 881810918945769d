"""Schedules of EventBridge Scheduler. The emulator keeps them, and has no containers that they could start."""

from typing import Any

from provisioner.emulator.inputs import Inputs
from provisioner.emulator.services.request import Made, Request


def group(request: Request) -> Made:
    """A group of schedules; one that is there already stays as it is."""
    inputs, scheduler, tags = request.inputs, request.account.scheduler, request.default_tags
    name = inputs.text("name")
    inputs.done()
    try:
        arn = request.account.root.scheduler.get_schedule_group(Name=name)["Arn"]
    except scheduler.exceptions.ResourceNotFoundException:
        arn = scheduler.create_schedule_group(
            Name=name, Tags=[{"Key": key, "Value": value} for key, value in tags.items()]
        )["ScheduleGroupArn"]
    return Made(id=name, outputs={"arn": arn, "tagsAll": tags})


def schedule(request: Request) -> Made:
    """A schedule that starts a task; an existing one is changed."""
    inputs, scheduler = request.inputs, request.account.scheduler
    name, group_name = inputs.text("name"), inputs.text("groupName")
    settings: dict[str, Any] = {
        "Name": name,
        "GroupName": group_name,
        "Description": inputs.text("description"),
        "ScheduleExpression": inputs.text("scheduleExpression"),
        "ScheduleExpressionTimezone": inputs.text("scheduleExpressionTimezone"),
        "FlexibleTimeWindow": {"Mode": inputs.one("flexibleTimeWindow").text("mode")},
        "Target": _target(inputs.one("target")),
    }
    inputs.done()
    try:
        request.account.root.scheduler.get_schedule(Name=name, GroupName=group_name)
    except scheduler.exceptions.ResourceNotFoundException:
        arn = scheduler.create_schedule(**settings)["ScheduleArn"]
    else:
        arn = scheduler.update_schedule(**settings)["ScheduleArn"]
    return Made(id=f"{group_name}/{name}", outputs={"arn": arn})


def _target(target: Inputs) -> dict[str, Any]:
    task, retry = target.one("ecsParameters"), target.one("retryPolicy")
    network = task.one("networkConfiguration")
    return {
        "Arn": target.text("arn"),
        "RoleArn": target.text("roleArn"),
        "EcsParameters": {
            "TaskDefinitionArn": task.text("taskDefinitionArn"),
            "TaskCount": task.number("taskCount"),
            "LaunchType": task.text("launchType"),
            "NetworkConfiguration": {
                "awsvpcConfiguration": {
                    "AssignPublicIp": "ENABLED" if network.maybe_flag("assignPublicIp") else "DISABLED",
                    "Subnets": network.texts("subnets"),
                    "SecurityGroups": network.texts("securityGroups"),
                }
            },
        },
        "RetryPolicy": {
            "MaximumEventAgeInSeconds": retry.number("maximumEventAgeInSeconds"),
            "MaximumRetryAttempts": retry.number("maximumRetryAttempts"),
        },
        "DeadLetterConfig": {"Arn": target.one("deadLetterConfig").text("arn")},
    }
