"""What IAM is asked about schedules, alarms and dashboards."""

import json

from provisioner.emulator.corrections.asked import FUNCTION, MODULE, REFERENCE, Asked, told_by
from provisioner.emulator.corrections.correction import Correction


def _arn(asked: Asked) -> str | None:
    """Tell by the request which rule, alarm or dashboard it is about."""
    said = json.loads(asked.body) if asked.service in ("events", "monitoring") and asked.body[:1] == b"{" else {}
    match said:
        case {"ResourceARN": arn}:
            return str(arn)
        case {"DashboardName": name} | {"DashboardNames": [name]}:
            return f"arn:aws:cloudwatch::{asked.account}:dashboard/{name}"
        case {"AlarmName": name} | {"AlarmNames": [name]}:
            return f"arn:aws:cloudwatch:{asked.region}:{asked.account}:alarm:{name}"
        case {"Rule": name} | {"Name": name} if asked.service == "events" and "EventBusName" not in said:
            return f"arn:aws:events:{asked.region}:{asked.account}:rule/{name}"
    return None


CORRECTIONS = (
    Correction(
        module=MODULE,
        function=FUNCTION,
        difference="the resource of a call is the rule of the default bus, the alarm or the dashboard that it names",
        documentation=f"{REFERENCE}/list_amazoneventbridge.html and {REFERENCE}/list_amazoncloudwatch.html",
        correct=told_by(_arn),
    ),
)
