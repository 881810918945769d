"""What IAM takes calls about clusters, task definitions and schedules to be done to."""

import importlib
import json

from provisioner.emulator.corrections.asked import FUNCTION, MODULE, REFERENCE, Asked, told_by
from provisioner.emulator.corrections.correction import Correction


def _arn(asked: Asked) -> str | None:
    """What is to be made has its ARN, and a schedule that of its own group."""
    said = json.loads(asked.body) if asked.body and asked.service in ("ecs", "scheduler") else {}
    here = f"arn:aws:{asked.service}:{asked.region}:{asked.account}"
    if asked.service == "ecs":
        if name := said.get("clusterName"):
            return f"{here}:cluster/{name}"
        if family := said.get("family"):
            return f"{here}:task-definition/{family}:0"
        return str(said["resourceArn"]) if "resourceArn" in said else None
    parts = [part for part in asked.path.split("/") if part]
    if asked.service == "scheduler" and parts[:1] == ["schedules"] and len(parts) > 1:
        actions = importlib.import_module(MODULE)
        group = said.get("GroupName") or actions._query_param(asked.query, "groupName") or "default"
        return f"{here}:schedule/{group}/{parts[1]}"
    return None


CORRECTIONS = (
    Correction(
        module=MODULE,
        function=FUNCTION,
        difference="a cluster and a task definition that are to be made have their ARN, a schedule that of its group",
        documentation=f"{REFERENCE}/list_amazonelasticcontainerservice.html and "
        f"{REFERENCE}/list_amazoneventbridgescheduler.html",
        correct=told_by(_arn),
    ),
)
