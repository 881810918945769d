"""The limit: `URL STATEMENT server` lets the server write a CSV to /dev/null, `… client` psycopg read and drop it."""

import sys

import psycopg

url, statement, where = sys.argv[1:]
with psycopg.connect(url) as connection, connection.cursor() as cursor:
    if where == "server":
        cursor.execute(f"COPY ({statement}) TO '/dev/null' WITH (FORMAT csv, HEADER)")
    else:
        with cursor.copy(f"COPY ({statement}) TO STDOUT WITH (FORMAT csv, HEADER)") as copy:
            while copy.read():
                pass
