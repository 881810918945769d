"""Rows that are deleted because they were exported: exactly those, or none."""

from dataclasses import dataclass

import psycopg
from psycopg import sql

from exporter.database.selection import Description, Origin, describe
from exporter.database.statement import matching
from exporter.failure import ExportError

TABLE = """
SELECT c.oid,
  array_agg(a.attnum ORDER BY a.attnum) FILTER (WHERE a.attnum IS NOT NULL),
  array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attnum IS NOT NULL)
FROM pg_class AS c
  LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
  LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
WHERE c.oid = format('%%I.%%I', %s::text, %s::text)::regclass
GROUP BY c.oid
"""
"""A table's oid, and the numbers and names of its primary key's columns."""

HASH = "count(*), coalesce(sum(hashtextextended(ROW({})::text, 0)), 0)"
"""How many keys there are, and a sum over them that no order changes."""

GONE = "SELECT coalesce(sum(n_tup_del), 0) FROM pg_stat_xact_user_tables"
"""What this session has deleted and not yet reported, by cascades and triggers too (pg_stat_xact_all_tables)."""


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What was selected and is to be deleted."""

    query: str
    """The task's query, its parameters in their places."""
    described: Description
    condition: str | None
    """Which of its rows were taken; None for all."""
    records: int
    """How many there are in the files."""


@dataclass(frozen=True)
class _Keys:
    """The primary key of the table that is deleted from, there and in the selection."""

    table: str
    """By the name that the delete query gives it."""
    columns: tuple[str, ...]
    selected: tuple[str, ...]


def delete_exported(session: psycopg.Connection, statement: str, exported: Exported) -> None:
    """Delete, and let stand what was deleted only if it is what was exported.

    The primary keys are compared where the selection has them, else the numbers. Both are of the session's snapshot;
    whoever has an error must roll back.

    Raises:
        ExportError: other rows would be deleted, or further ones by a cascade.
        psycopg.Error: the database refuses; of the class SerializationFailure where others changed the rows.
    """
    keys = _keys(session, statement, exported.described)
    ((before,),) = session.execute(GONE).fetchall()
    if keys is None:
        wanted, gone = (exported.records, 0), (session.execute(statement.encode()).rowcount, 0)
    else:
        wanted = _row(session, matching(exported.query, _hash("q", keys.selected), exported.condition))
        returned = ", ".join(f"{_name(keys.table)}.{_name(column)} AS k{n}" for n, column in enumerate(keys.columns))
        gone = _row(
            session,
            f"WITH gone AS (\n{statement}\nRETURNING {returned}\n)\nSELECT"
            f" {_hash('gone', tuple(f'k{n}' for n in range(len(keys.columns))))} FROM gone",
        )
    if wanted[0] != exported.records or gone[0] != exported.records:
        raise ExportError(
            f"{exported.records} rows were exported and the delete query would delete {gone[0]}: nothing was deleted or"
            " published. Let both queries have the same condition"
        )
    if wanted != gone:
        raise ExportError(
            f"{exported.records} rows were exported and the delete query would delete as many, but others, by their"
            " primary keys: nothing was deleted or published. Let both queries have the same condition"
        )
    # Whatever waits for the commit is done now, while it can still be counted.
    session.execute("SET CONSTRAINTS ALL IMMEDIATE")
    ((after,),) = session.execute(GONE).fetchall()
    if after - before > gone[0]:
        raise ExportError(
            f"with the {gone[0]} exported rows a cascade or a trigger would delete {after - before - gone[0]} of other"
            " tables, which no file has: nothing was deleted or published. Export and delete those first, in a task"
            " before this one"
        )


def _keys(session: psycopg.Connection, statement: str, described: Description) -> _Keys | None:
    """The primary key, where the server says of what table, the selection has it, and nothing else is returned."""
    if describe(session, statement).columns:
        return None
    ((explained,),) = session.execute(f"EXPLAIN (FORMAT JSON, VERBOSE) {statement}".encode()).fetchall()
    plan = explained[0]["Plan"]
    if plan.get("Operation") != "Delete":
        return None
    table, numbers, names = session.execute(TABLE, (plan["Schema"], plan["Relation Name"])).fetchall()[0]
    selected = {origin: column.name for column, origin in zip(described.columns, described.origins, strict=True)}
    origins = [Origin(table, number) for number in numbers or ()]
    if not origins or not all(origin in selected for origin in origins):
        return None
    return _Keys(plan["Alias"], tuple(names), tuple(selected[origin] for origin in origins))


def _hash(table: str, columns: tuple[str, ...]) -> str:
    return HASH.format(", ".join(f"{_name(table)}.{_name(column)}" for column in columns))


def _row(session: psycopg.Connection, statement: str) -> tuple[int, int]:
    ((count, hashed),) = session.execute(statement.encode()).fetchall()
    return count, int(hashed)


def _name(name: str) -> str:
    return sql.Identifier(name).as_string(None)
