"""psycopg's COPY into Python's own gzip at the level that the command has by default: `URL STATEMENT FILE`."""

import gzip
import sys

import psycopg

url, statement, file = sys.argv[1:]
with (
    psycopg.connect(url) as connection,
    connection.cursor().copy(f"COPY ({statement}) TO STDOUT WITH (FORMAT csv, HEADER)") as copy,
    gzip.open(file, "wb", compresslevel=6) as out,
):
    for data in copy:
        out.write(data)
