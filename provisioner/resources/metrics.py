"""The metrics by which the forwarder is seen from outside: AWS's own of queue and function, and those it writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from provisioner.settings import Settings

NAMESPACE: Final = "DataExports"
"""Of the metrics that provisioner/forwarder/metrics.py writes: each of a dataset, and once for all together."""
DATASET: Final = "Dataset"
"""The dimension that tells one dataset's metrics from another's."""


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric as CloudWatch knows it."""

    namespace: str
    name: str
    dimensions: Mapping[str, str] = field(default_factory=dict)

    @property
    def row(self) -> list[str]:
        """The metric as a widget of a dashboard lists it: namespace, name, and each dimension with its value."""
        return [self.namespace, self.name, *(text for pair in self.dimensions.items() for text in pair)]


def of_all(name: str) -> Metric:
    """A metric that the forwarder writes, of all datasets together."""
    return Metric(namespace=NAMESPACE, name=name)


def of_queue(name: str, queue: str) -> Metric:
    """A metric of SQS (Amazon SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS")."""
    return Metric(namespace="AWS/SQS", name=name, dimensions={"QueueName": queue})


def of_function(name: str, settings: Settings) -> Metric:
    """A metric of the forwarder's function (AWS Lambda Developer Guide, "Types of metrics for Lambda functions")."""
    return Metric(namespace="AWS/Lambda", name=name, dimensions={"FunctionName": settings.forwarder})
