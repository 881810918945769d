"""Log events in the embedded metric format become metrics, as in CloudWatch."""

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from provisioner.emulator.embedded_aws import EmbeddedAws, root_of

from .courier import OURS


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(account_id=OURS) as running:
        yield running


def cloudwatch(aws: EmbeddedAws) -> Any:
    root = root_of(OURS)
    return boto3.client(
        "cloudwatch",
        region_name=aws.region,
        endpoint_url=aws.endpoint_url,
        verify=str(aws.ca_bundle),
        aws_access_key_id=root.access_key_id,
        aws_secret_access_key=root.secret_access_key,
        config=Config(proxies={}),
    )


def log(aws: EmbeddedAws, group: str, message: str) -> None:
    logs = aws.client("logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    event = {"timestamp": int(time.time() * 1000), "message": message}
    logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=[event])  # type: ignore[list-item] # a dict


def line(**fields: Any) -> str:
    directive = {
        "Namespace": "DataExports",
        "Dimensions": [["Dataset"], []],
        "Metrics": [{"Name": "Delivered", "Unit": "Count"}],
    }
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": about, **fields})


def total(aws: EmbeddedAws, **dimensions: str) -> float:
    """The sum of what was delivered in the last hour."""
    now = time.time()
    found = cloudwatch(aws).get_metric_statistics(
        Namespace="DataExports",
        MetricName="Delivered",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - 3600,
        EndTime=now + 60,
        Period=7200,
        Statistics=["Sum"],
    )
    return float(sum(point["Sum"] for point in found["Datapoints"]))


def test_a_line_of_metrics_is_counted_under_each_set_of_its_dimensions(aws: EmbeddedAws) -> None:
    before = total(aws)
    log(aws, "counted", line(Dataset="alpha", Delivered=[3, 4]))
    assert (total(aws, Dataset="alpha"), total(aws) - before) == (7, 7)


@pytest.mark.parametrize("message", ["no JSON", line(Dataset="beta"), '{"_aws": {"CloudWatchMetrics": 1}}'])
def test_any_other_line_is_a_log_line_and_no_more(aws: EmbeddedAws, message: str, unique: str) -> None:
    before = total(aws)
    log(aws, unique, message)
    assert total(aws) == before
