"""The statement that is read: a task's query, wrapped for its window, its fields and its order."""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from psycopg import sql

from exporter.failure import ExportError
from exporter.selection import Column
from provisioner.exports.model import Field, Task

UNORDERED: Final = frozenset({"json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle", "xid"})
"""Types without an order of their own (PostgreSQL, Index Types: no default B-tree operator class)."""
TEXTS: Final = ("text", "character", "name")
"""How the names of the types begin whose order depends on the database's collation."""
ZONED: Final = "timestamp with time zone"
UNZONED: Final = "timestamp without time zone"


@dataclass(frozen=True, kw_only=True)
class Window:
    """A half-open span of time: its begin is within, its end is not."""

    since: datetime.datetime | None
    """None for all that came before the end."""
    until: datetime.datetime


def wrap(
    query: str, columns: Sequence[Column], task: Task, *, which: str | None = None, partition: str | None = None
) -> str:
    """The whole SELECT.

    Args:
        query: the task's own, its parameters in their places.
        columns: what it selects, as the server describes it.
        task: whose query it is.
        which: the condition that its rows fulfil, as of a window; None for all.
        partition: its name, for the fields that begin with one.

    Raises:
        ExportError: the order or a field names what is not selected, or nothing is left to be written.
    """
    _check(columns, task)
    fields = ",\n  ".join(
        _field(column, task.fields.get(column.name, Field()))
        for column in columns
        if _written(task.fields.get(column.name, Field()), partition)
    )
    if not fields:
        raise ExportError(f"every column of the task '{task.name}' is hidden: nothing is left to be written")
    text = matching(query, fields, which)
    if task.order:
        text += f"\nORDER BY {', '.join(named(name) for name in task.order)}"
    elif not task.query.ordered:
        # The order of the query's own ORDER BY is that of the whole: nothing here brings it into another.
        text += f"\nORDER BY {', '.join(_sortable(column) for column in columns)}"
    return text


def changed(columns: Sequence[Column], task: Task, window: Window) -> str:
    """That any cursor of a row lies in the window. Before its end is a row, too, none of whose cursors is a time.

    Raises:
        ExportError: a cursor is not selected, or is no time.
    """
    _check(columns, task)
    types = {column.name: column.type for column in columns}
    return _changed({name: types[name] for name in task.cursor}, window)


def matching(query: str, what: str, which: str | None) -> str:
    """A SELECT from a query, which is `q` in it."""
    return f"SELECT {what}\nFROM (\n{query}\n) AS q" + (f"\nWHERE {which}" if which else "")


def _check(columns: Sequence[Column], task: Task) -> None:
    """What only the server could tell of a `select *`."""
    names = [column.name for column in columns]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ExportError(
            f"the query of the task '{task.name}' selects two columns named {_listed(twice)}: name one of them"
            " otherwise, by AS"
        )
    for what, wanted in (("cursor", task.cursor), ("order", task.order), ("fields", tuple(task.fields))):
        if missing := [name for name in wanted if name not in names]:
            raise ExportError(
                f"the query of the task '{task.name}' does not select {_listed(missing)}, which its `{what}` names;"
                f" it selects {_listed(names)}"
            )
    for column in columns:
        if column.name in task.cursor and not _zone(column.type):
            raise ExportError(
                f"the cursor '{column.name}' of the task '{task.name}' is of type {column.type}: a cursor is"
                f" a {ZONED}, or a {UNZONED} in UTC"
            )


def _zone(type_: str) -> str | None:
    """The plain name of a cursor's type, without its precision; None for a type that is no cursor's."""
    plain = re.sub(r"\(\d\)", "", type_)
    return plain if plain in {ZONED, UNZONED} else None


def _changed(cursors: Mapping[str, str], window: Window) -> str:
    """That any cursor lies in the window. Of all that came before its end, a row with none that is a time is one."""
    spans = []
    for name, type_ in cursors.items():
        column = named(name)
        since = f"{column} >= {_time(window.since, type_)} AND " if window.since else ""
        spans.append(f"({since}{column} < {_time(window.until, type_)})")
    if not window.since:
        spans.append(f"({' AND '.join(f'isfinite({named(name)}) IS NOT TRUE' for name in cursors)})")
    return " OR ".join(spans)


def _time(moment: datetime.datetime, type_: str) -> str:
    """A time as a literal of the cursor's own type, so that an index on it can be used.

    A time without a zone is one in UTC, as the frameworks write it.
    """
    utc = moment.astimezone(datetime.UTC)
    if _zone(type_) == UNZONED:
        return f"TIMESTAMP '{utc.replace(tzinfo=None).isoformat(sep=' ')}'"
    return f"TIMESTAMPTZ '{utc.isoformat(sep=' ')}'"


def _field(column: Column, field: Field) -> str:
    """A column as it is written."""
    name, source = sql.Identifier(field.name or column.name).as_string(None), named(column.name)
    if field.codes:
        cases = " ".join(f"WHEN {_text(code)} THEN {_text(written)}" for code, written in field.codes.items())
        return f"CASE {source}::text {cases} ELSE {source}::text END AS {name}"
    return f"{source} AS {name}"


def _written(field: Field, partition: str | None) -> bool:
    """Whether the files of a partition have a field."""
    if field.hidden:
        return False
    if field.since is None or partition is None:
        return True
    if field.since.isdecimal() and partition.isdecimal():
        return int(partition) >= int(field.since)
    return partition >= field.since


def _sortable(column: Column) -> str:
    """A column as an ordering takes it, the same on every server: texts by their code points."""
    name = named(column.name)
    if column.type.removesuffix("[]") in UNORDERED:
        return f'{name}::text COLLATE "C"'
    if column.type.startswith(TEXTS) and not column.type.endswith("[]"):
        return f'{name} COLLATE "C"'
    return name


def named(column: str) -> str:
    """A column of the query."""
    return f"q.{sql.Identifier(column).as_string(None)}"


def _text(value: str) -> str:
    return sql.Literal(value).as_string(None)


def _listed(names: Sequence[str] | set[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names) if name) or "nothing"
