"""When each dataset's last file was delivered, as CloudWatch has counted it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

NAMESPACE: Final = "DataExports"
METRIC: Final = "Delivered"
DIMENSION: Final = "Dataset"
"""Under what the forwarder counts (docs/forwarder.md)."""

MAX_QUERIES: Final = 500
"""Metrics that one request asks of (Amazon CloudWatch API Reference, GetMetricData)."""
LATELY: Final = timedelta(hours=3)
"""How far back it is asked to the minute: the 180 values of 500 metrics are one answer (100,800, the same page)."""
REMEMBERED: Final = timedelta(days=15)
"""How far back it is asked at all, then to the hour."""


def last_deliveries(cloudwatch: "CloudWatchClient", datasets: Iterable[str], now: datetime) -> dict[str, datetime]:
    """When the last file of each dataset was delivered; those of which CloudWatch does not know are left out."""
    names = list(datasets)
    lately = _asked(cloudwatch, names, now - LATELY, now, timedelta(minutes=1))
    earlier = [name for name in names if name not in lately]
    return {**_asked(cloudwatch, earlier, now - REMEMBERED, now, timedelta(hours=1)), **lately}


def _asked(
    cloudwatch: "CloudWatchClient", datasets: Sequence[str], start: datetime, end: datetime, period: timedelta
) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    left = iter(datasets)
    while some := list(islice(left, MAX_QUERIES)):
        pages = cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=list(_queries(some, period)),
            StartTime=start,
            EndTime=end,
            ScanBy="TimestampDescending",
        )
        for page in pages:
            for result in page["MetricDataResults"]:
                name = some[int(result["Id"][1:])]
                for at, count in zip(result["Timestamps"], result["Values"], strict=True):
                    # A period that began before the window has its timestamp before it.
                    if count and at > found.get(name, start - period):
                        found[name] = at
    return found


def _queries(datasets: Sequence[str], period: timedelta) -> "Iterator[MetricDataQueryTypeDef]":
    for number, name in enumerate(datasets):
        yield {
            "Id": f"d{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": NAMESPACE,
                    "MetricName": METRIC,
                    "Dimensions": [{"Name": DIMENSION, "Value": name}],
                },
                "Period": int(period.total_seconds()),
                "Stat": "Sum",
            },
        }
