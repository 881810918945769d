"""DuckDB's scanner of PostgreSQL into one file: `URL STATEMENT FILE OPTIONS`. The scanner comes in a wheel."""

import sys
from pathlib import Path

import duckdb
import duckdb_extension_postgres_scanner

url, statement, file, options = sys.argv[1:]
(scanner,) = Path(duckdb_extension_postgres_scanner.__file__).parent.rglob("*.duckdb_extension")
connection = duckdb.connect()
connection.execute(f"LOAD '{scanner}'")
connection.execute(f"ATTACH '{url}' AS source (TYPE postgres, READ_ONLY)")
connection.execute(f"COPY (SELECT * FROM postgres_query('source', '{statement}')) TO '{file}' ({options})")
