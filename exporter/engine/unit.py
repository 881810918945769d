"""What is exported and committed as one: a task, or one of its partitions."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

import psycopg

from exporter.database.connection import in_words
from exporter.database.parameters import bind
from exporter.failure import ExportError
from provisioner.exports.model import Task
from provisioner.exports.template import Value


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A task, or one of its partitions."""

    task: Task
    partition: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    """The partition's columns: parameters of the query and placeholders of the key."""


def units_of(task: Task, session: psycopg.Connection, parameters: Mapping[str, Value]) -> tuple[Unit, ...]:
    """A task's units, in the order in which its query lists the partitions.

    Raises:
        ExportError: the query fails, or lists a partition twice or without a name.
    """
    if task.partitions is None:
        return (Unit(task=task),)
    with in_words(f"the partitions of the task '{task.name}' cannot be listed"), session.cursor() as cursor:
        cursor.execute(bind(task.partitions.text, parameters).encode())
        names = [column.name for column in cursor.description or ()]
        rows = cursor.fetchall()
    units = tuple(_unit(task, dict(zip(names, row, strict=True))) for row in rows)
    partitions = [unit.partition for unit in units]
    if twice := sorted({str(name) for name in partitions if partitions.count(name) > 1}):
        raise ExportError(f"the partitions of the task '{task.name}' list '{twice[0]}' twice: each is one row")
    return units


def _unit(task: Task, row: Mapping[str, object]) -> Unit:
    """Of a row of the partitions' query."""
    values = {name: _value(value) for name, value in row.items()}
    name = str(next(iter(values.values()), ""))
    if not name or None in row.values():
        raise ExportError(f"the partitions of the task '{task.name}' list one without a name, or with a NULL: {row}")
    return Unit(task=task, partition=name, values=values)


def _value(value: object) -> Value:
    return value if isinstance(value, str | int | datetime.datetime) else str(value)
