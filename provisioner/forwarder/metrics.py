"""What CloudWatch counts: lines of the log in its embedded metric format, one a dataset."""

from collections import Counter
from collections.abc import Mapping

from .log import Fields

NAMESPACE = "DataExports"
"""Where CloudWatch shows the metrics."""

DELIVERED, BYTES, FAILED, DEAD_LETTERED = "Delivered", "Bytes", "Failed", "DeadLettered"
OLDEST_AGE, PENDING = "OldestAge", "Pending"
UNITS: Mapping[str, str] = {
    DELIVERED: "Count",
    BYTES: "Bytes",
    FAILED: "Count",
    DEAD_LETTERED: "Count",
    OLDEST_AGE: "Seconds",
    PENDING: "Count",
}
_MILLISECONDS = 1_000


def metric_line(dataset: str, values: Mapping[str, float], at: float) -> Fields:
    """A line that counts for its dataset and for all of them together; `at` is in epoch seconds.

    Source: Amazon CloudWatch User Guide, "Specification: Embedded metric format".
    """
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [["Dataset"], []],
        "Metrics": [{"Name": name, "Unit": UNITS[name]} for name in values],
    }
    return {
        "_aws": {"Timestamp": int(at * _MILLISECONDS), "CloudWatchMetrics": [directive]},
        "Dataset": dataset,
        **values,
    }


class Tally:
    """What one run counts, by dataset."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._sums: dict[str, Counter[str]] = {}
        self._oldest: dict[str, float] = {}

    def add(self, dataset: str, name: str, number: int = 1) -> None:
        """Count some more."""
        self._sums.setdefault(dataset, Counter())[name] += number

    def note_age(self, dataset: str, seconds: float) -> None:
        """An object of this age is in hand; the oldest one counts."""
        self._oldest[dataset] = max(self._oldest.get(dataset, 0.0), seconds)

    def lines(self, at: float) -> list[Fields]:
        """One line for each dataset that something was counted of."""
        return [
            metric_line(dataset, {**self._sums.get(dataset, {}), **self._age(dataset)}, at)
            for dataset in sorted(self._sums.keys() | self._oldest.keys())
        ]

    def _age(self, dataset: str) -> dict[str, float]:
        return {OLDEST_AGE: round(self._oldest[dataset], 1)} if dataset in self._oldest else {}
