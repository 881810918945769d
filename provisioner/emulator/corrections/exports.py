"""What IAM takes calls about clusters, task definitions and schedules to be done to."""

import importlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from provisioner.emulator.corrections.correction import Correction

_REFERENCE: Final = "https://docs.aws.amazon.com/service-authorization/latest/reference"


def _correct_resource(original: Callable[..., str]) -> Callable[..., str]:
    """Give what is to be made its ARN, and a schedule that of its own group."""
    actions = importlib.import_module("ministack.core.iam_actions")

    def resource(
        service: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: dict[str, Any],
        region: str,
        account: str,
    ) -> str:
        found = original(service, method, path, headers, body, query, region, account)
        said = json.loads(body) if body and service in ("ecs", "scheduler") else {}
        here = f"arn:aws:{service}:{region}:{account}"
        if service == "ecs":
            if name := said.get("clusterName"):
                return f"{here}:cluster/{name}"
            if family := said.get("family"):
                return f"{here}:task-definition/{family}:0"
            return str(said.get("resourceArn", found))
        parts = [part for part in path.split("/") if part]
        if service == "scheduler" and parts[:1] == ["schedules"] and len(parts) > 1:
            group = said.get("GroupName") or actions._query_param(query, "groupName") or "default"
            return f"{here}:schedule/{group}/{parts[1]}"
        return found

    return resource


CORRECTIONS = (
    Correction(
        module="ministack.core.iam_actions",
        function="extract_resource_arn",
        difference="a cluster and a task definition that are to be made have their ARN, a schedule that of its group",
        documentation=f"{_REFERENCE}/list_amazonelasticcontainerservice.html and "
        f"{_REFERENCE}/list_amazoneventbridgescheduler.html",
        correct=_correct_resource,
    ),
)
