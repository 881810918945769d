"""The dashboard: everything about the forwarder on one page, however many datasets there are."""

import json
from collections.abc import Iterable
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from provisioner.resources.component import Component
from provisioner.resources.metrics import DATASET, NAMESPACE, Metric, of_all, of_function, of_queue
from provisioner.settings import Settings

MAX_WIDGETS: Final = 500
"""CloudWatch API Reference, "Dashboard Body Structure and Syntax". We have one for each question and none for each
dataset."""
MOST_DATASETS: Final = 20
"""Datasets that a graph shows: those with the highest values.

They are chosen by a query of Metrics Insights, which sorts 10,000 metrics and shows 500 of them at most (CloudWatch
User Guide, "Metrics Insights quotas"). A SEARCH expression would show any 500, the busiest not among them.
"""
COLUMNS: Final = 2
WIDTH: Final = 24 // COLUMNS
"""Units: a dashboard is 24 wide (the page of MAX_WIDGETS)."""
HEIGHT: Final = 6
PERIOD_SECONDS: Final = 300

_Widget = dict[str, Any]


class ForwarderDashboard(Component):
    """The one dashboard of a stack."""

    def __init__(self, settings: Settings, opts: pulumi.ResourceOptions | None = None) -> None:
        """The dashboard, which is named as the forwarder is."""
        name = "dashboard"
        super().__init__(name, opts)
        body = json.dumps(dashboard_body(settings))
        aws.cloudwatch.Dashboard(name, dashboard_name=settings.forwarder, dashboard_body=body, opts=self.child())
        self.register_outputs({})


def dashboard_body(settings: Settings) -> dict[str, Any]:
    """The dashboard as CloudWatch takes it: first what waits, then what is delivered, then the function."""
    queue, dead = settings.forwarder, settings.dead_letters
    widgets = (
        _graph(
            "Messages that wait, and that are in hand",
            "Maximum",
            of_queue("ApproximateNumberOfMessagesVisible", queue),
            of_queue("ApproximateNumberOfMessagesNotVisible", queue),
        ),
        _graph("Oldest message (seconds)", "Maximum", of_queue("ApproximateAgeOfOldestMessage", queue)),
        _graph("Dead letters", "Maximum", of_queue("ApproximateNumberOfMessagesVisible", dead)),
        _graph("Files that wait, of the dataset that has most (by the last sweep)", "Maximum", of_all("Pending")),
        _graph("Files delivered", "Sum", of_all("Delivered")),
        _graph("Bytes delivered", "Sum", of_all("Bytes")),
        _by_dataset("Files delivered", "SUM", "Delivered"),
        _by_dataset("Bytes delivered", "SUM", "Bytes"),
        _by_dataset("Failed tries", "SUM", "Failed"),
        _by_dataset("Given up", "SUM", "DeadLettered"),
        _by_dataset("Oldest file (seconds)", "MAX", "OldestAge"),
        _graph("Longest run (milliseconds)", "Maximum", of_function("Duration", settings)),
        _graph("Runs at once", "Maximum", of_function("ConcurrentExecutions", settings)),
        _graph("Errors and throttles", "Sum", of_function("Errors", settings), of_function("Throttles", settings)),
    )
    return {"widgets": [*_placed(widgets, settings)]}


def _placed(widgets: Iterable[_Widget], settings: Settings) -> Iterable[_Widget]:
    """The widgets in rows, each with the region of its metrics."""
    for number, properties in enumerate(widgets):
        row, column = divmod(number, COLUMNS)
        yield {
            "type": "metric",
            "x": column * WIDTH,
            "y": row * HEIGHT,
            "width": WIDTH,
            "height": HEIGHT,
            "properties": {"region": settings.region, "view": "timeSeries", "period": PERIOD_SECONDS, **properties},
        }


def _graph(title: str, statistic: str, *metrics: Metric) -> _Widget:
    return {"title": title, "stat": statistic, "metrics": [metric.row for metric in metrics]}


def _by_dataset(title: str, statistic: str, metric: str) -> _Widget:
    """The datasets of which a metric is highest. Of SCHEMA, or the sum of them all would be shown as one of them."""
    what = f"{statistic}({metric}) FROM SCHEMA({NAMESPACE}, {DATASET})"
    order = f"GROUP BY {DATASET} ORDER BY {statistic}() DESC LIMIT {MOST_DATASETS}"
    expression = f"SELECT {what} {order}"
    return {"title": f"{title}, by dataset: the {MOST_DATASETS} highest", "metrics": [[{"expression": expression}]]}
