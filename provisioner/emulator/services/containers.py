"""Clusters and what runs in them. The emulator keeps them; nothing here starts a container."""

import json
from typing import Any

from provisioner.emulator.services.request import Made, Request


def cluster(request: Request) -> Made:
    """A cluster; one that is there already stays as it is."""
    inputs, ecs, tags = request.inputs, request.account.ecs, request.default_tags
    name = inputs.text("name")
    inputs.done()
    made = ecs.create_cluster(clusterName=name, tags=[{"key": key, "value": value} for key, value in tags.items()])
    arn = made["cluster"]["clusterArn"]
    return Made(id=arn, outputs={"arn": arn, "tagsAll": tags})


def task_definition(request: Request) -> Made:
    """A new revision of a task definition, as each run of the program that changes it makes one."""
    inputs, ecs, tags = request.inputs, request.account.ecs, request.default_tags
    platform, family = inputs.one("runtimePlatform"), inputs.text("family")
    # The inputs have the types of the SDK's own words, which are too many to tell apart here; the emulator judges them.
    definition: dict[str, Any] = {
        "family": family,
        **{name: inputs.text(name) for name in ("cpu", "memory", "networkMode", "taskRoleArn", "executionRoleArn")},
        "requiresCompatibilities": inputs.texts("requiresCompatibilities"),
        "runtimePlatform": {name: platform.text(name) for name in ("operatingSystemFamily", "cpuArchitecture")},
        "volumes": [{"name": volume.text("name")} for volume in inputs.many("volumes")],
        "containerDefinitions": json.loads(inputs.text("containerDefinitions")),
    }
    inputs.done()
    made = ecs.register_task_definition(
        **definition, tags=[{"key": key, "value": value} for key, value in tags.items()]
    )
    return Made(id=family, outputs={"arn": made["taskDefinition"]["taskDefinitionArn"], "tagsAll": tags})
