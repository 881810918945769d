"""The source database of the exports' benchmarks: tables of invented rows, the same ones in every run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg

from provisioner.emulator import postgres

ROWS: Final = 2_000_000
MANY: Final = 20_000_000
"""Rows of the table that shows whether memory grows."""
FORMS: Final = 20_000
FIELDS: Final = 160
"""Columns of a form: as many as the widest of CDS's collections has, about."""

_COLUMNS: Final = """
    n AS id,
    md5(n::text) AS reference,
    'Person ' || n * 7919 % 100003 AS name,
    (n % 1000000 / 100.0)::numeric(10, 2) AS amount,
    (n % 50)::integer AS quantity,
    n * 0.37::double precision AS ratio,
    n % 3 = 0 AS active,
    date '2020-01-01' + (n % 1500)::integer AS day,
    timestamptz '2024-01-01 00:00:00+00' + n * interval '7 seconds' AS created_at,
    timestamptz '2024-06-01 00:00:00+00' + n * interval '11.5 seconds' AS updated_at,
    CASE WHEN n % 4 > 0 THEN 'note ' || n * 31 % 1009 END AS note
"""
"""Eleven columns of the usual types, made of a number."""

STATEMENT: Final = "SELECT * FROM measured ORDER BY id"
"""What everybody reads who takes a statement."""


@contextmanager
def source() -> Iterator[str]:
    """The URL of a database that holds `measured`, of ROWS rows, and `form`, of FORMS; it is gone afterwards."""
    with postgres.server() as server, postgres.database(server, "benchmark_of_exports") as url:
        with psycopg.connect(url, autocommit=True) as connection:
            _fill(connection, "measured", f"SELECT {_COLUMNS} FROM generate_series(1::bigint, {ROWS}) AS n")
            _fill(connection, "form", f"SELECT {_form()} FROM generate_series(1::bigint, {FORMS}) AS n")
        yield url


def fill_many(url: str) -> None:
    """Add the table `many`, of MANY rows of the same kind."""
    with psycopg.connect(url, autocommit=True) as connection:
        _fill(connection, "many", f"SELECT {_COLUMNS} FROM generate_series(1::bigint, {MANY}) AS n")


def _fill(connection: psycopg.Connection, table: str, rows: str) -> None:
    # Not logged: how fast a database is filled is nobody's question here.
    connection.execute(f"CREATE UNLOGGED TABLE {table} AS {rows}".encode())
    connection.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (id)".encode())
    connection.execute(f"VACUUM ANALYZE {table}".encode())


def _form() -> str:
    """The columns of a form: mostly codes, many of them empty; some texts, numbers, times and flags."""
    columns = ["n AS id", "timestamptz '2024-01-01 00:00:00+00' + n * interval '7 minutes' AS updated_at"]
    for at in range(len(columns), FIELDS):
        mixed = f"(n * {at * 7919 + 1} % 1009)"
        match at % 16:
            case 0:
                column = f"'Flat {at}, ' || {mixed} || ' High Street & Sons'"
            case 1:
                column = f"{mixed} / 7.0::double precision"
            case 2:
                column = f"{mixed} % 2 = 0"
            case 3:
                column = f"timestamptz '2023-04-01 09:30:00+00' + {mixed} * interval '1 hour'"
            case 4 | 5 | 6:
                column = f"CASE WHEN {mixed} % 5 = 0 THEN {mixed}::integer END"
            case _:
                column = f"({mixed} % 12)::integer"
        columns.append(f"{column} AS field_{at:03}")
    return ", ".join(columns)
