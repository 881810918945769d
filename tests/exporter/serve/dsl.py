"""Folders of tasks for tests, and the tables that they are of."""

from pathlib import Path
from typing import Final

import psycopg

SELECT: Final = "COPY (SELECT id, name FROM {0} WHERE is_deleted) TO STDOUT WITH CSV HEADER\n"
DELETE: Final = "DELETE FROM {0} WHERE is_deleted;\n"


def write_task(folder: Path, name: str, select: str = SELECT, delete: str = DELETE) -> None:
    """Write a task that archives the deleted rows of the table of its name."""
    task = folder / name
    task.mkdir(parents=True, exist_ok=True)
    (task / "select.sql").write_text(select.format(name), encoding="utf-8")
    (task / "delete.sql").write_text(delete.format(name), encoding="utf-8")


def make_table(database: psycopg.Connection, name: str, rows: int = 6) -> None:
    """Make a table of a task; every second row is deleted, in the words of this schema."""
    database.execute(f"CREATE TABLE {name} (id bigint PRIMARY KEY, name text, is_deleted boolean)".encode())
    database.execute(
        f"INSERT INTO {name} SELECT n, 'n' || n, n % 2 = 0 FROM generate_series(1, {rows}) AS n".encode()  # noqa: S608 - ours
    )


def rows_left(database: psycopg.Connection, name: str) -> list[int]:
    """The ids of the rows of a table."""
    return [id_ for (id_,) in database.execute(f"SELECT id FROM {name} ORDER BY id".encode())]  # noqa: S608 - ours
