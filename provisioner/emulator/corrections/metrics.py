"""What CloudWatch makes of a log line that carries metrics."""

import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provisioner.emulator.corrections.correction import Correction

_API: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference"
_SPECIFICATION: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"

_MILLISECONDS: Final = 1000


@dataclass(frozen=True, kw_only=True)
class _Datum:
    """The values of one metric under one set of dimensions; `timestamp` in epoch seconds."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    timestamp: float
    unit: str
    values: list[float]


def _correct_log_events(original: Callable[..., None]) -> Callable[..., None]:
    """Make metrics of the log events that are in the embedded metric format."""
    cloudwatch = importlib.import_module("ministack.services.cloudwatch")

    def append(stream: dict[str, Any], events: list[dict[str, Any]]) -> None:
        original(stream, events)
        found = [datum for event in events for datum in _embedded(event["message"])]
        for datum in found:
            cloudwatch._store_datum(
                datum.namespace,
                datum.name,
                dict(datum.dimensions),
                datum.timestamp,
                datum.unit,
                None,
                datum.values,
                None,
                None,
            )
        if found:
            cloudwatch._evaluate_all_alarms()

    return append


def _embedded(message: str) -> Iterator[_Datum]:
    """The metrics of a log line; none if it is not in the format, which is no error."""
    if '"CloudWatchMetrics"' not in message:
        return
    try:
        root = json.loads(message)
        about = root["_aws"]
        for directive in about["CloudWatchMetrics"]:
            for names in directive["Dimensions"]:
                for metric in directive["Metrics"]:
                    value = root[metric["Name"]]
                    yield _Datum(
                        namespace=directive["Namespace"],
                        name=metric["Name"],
                        dimensions={name: str(root[name]) for name in names},
                        timestamp=about["Timestamp"] / _MILLISECONDS,
                        unit=metric.get("Unit", "None"),
                        values=[float(number) for number in (value if isinstance(value, list) else [value])],
                    )
    except (ValueError, LookupError, TypeError):
        return


class _Dimensions(dict[str, str]):
    """The dimensions that were asked for; none is an answer too, where MiniStack reads it as any."""

    def __bool__(self) -> bool:
        return True


def _correct_dimensions(original: Callable[[Any], dict[str, str]]) -> Callable[[Any], dict[str, str]]:
    """Ask for exactly the dimensions given, and for a metric without dimensions if none are."""
    return lambda given: _Dimensions(original(given))


CORRECTIONS = (
    Correction(
        module="ministack.services.cloudwatch_logs",
        function="_append_log_events",
        difference="a log event in the embedded metric format becomes metrics",
        documentation=_SPECIFICATION,
        correct=_correct_log_events,
    ),
    Correction(
        module="ministack.services.cloudwatch",
        function="_dims_from_list",
        difference="a metric asked for without dimensions is the one that has none, not the sum of all",
        documentation=f"{_API}/API_GetMetricStatistics.html",
        correct=_correct_dimensions,
    ),
)
