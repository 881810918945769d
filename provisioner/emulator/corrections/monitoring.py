"""What IAM is asked about schedules, alarms and dashboards."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from provisioner.emulator.corrections.correction import Correction

_REFERENCE: Final = "https://docs.aws.amazon.com/service-authorization/latest/reference"


def _correct_resource(original: Callable[..., str]) -> Callable[..., str]:
    """Tell by the request which rule, alarm or dashboard it is about."""

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
        asked = json.loads(body) if service in ("events", "monitoring") and body[:1] == b"{" else {}
        match asked:
            case {"ResourceARN": arn}:
                return str(arn)
            case {"DashboardName": name} | {"DashboardNames": [name]}:
                return f"arn:aws:cloudwatch::{account}:dashboard/{name}"
            case {"AlarmName": name} | {"AlarmNames": [name]}:
                return f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}"
            case {"Rule": name} | {"Name": name} if service == "events" and "EventBusName" not in asked:
                return f"arn:aws:events:{region}:{account}:rule/{name}"
        return original(service, method, path, headers, body, query, region, account)

    return resource


CORRECTIONS = (
    Correction(
        module="ministack.core.iam_actions",
        function="extract_resource_arn",
        difference="the resource of a call is the rule of the default bus, the alarm or the dashboard that it names",
        documentation=f"{_REFERENCE}/list_amazoneventbridge.html and {_REFERENCE}/list_amazoncloudwatch.html",
        correct=_correct_resource,
    ),
)
