"""A service in a thread of the test's own process: a real uvicorn on loopback, a real worker, a real PostgreSQL."""

import io
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import uvicorn

from exporter.serve.configuration import Configuration
from exporter.serve.guard import Guard
from exporter.serve.log import Log
from exporter.serve.server import address, listen, parts_of
from provisioner.emulator import postgres
from tests.exporter.serve.asking import TOKEN, Client
from tests.exporter.serve.dsl import make_table, write_task


@contextmanager
def serving(
    configuration: Configuration, *, token: str | None = TOKEN, log: io.StringIO | None = None
) -> Iterator[Client]:
    """A client of a service that runs for as long as the block does."""
    listening = listen("127.0.0.1", 0)
    api, worker = parts_of(configuration, Guard(token=token, local=True), Log(log or io.StringIO()))
    server = uvicorn.Server(uvicorn.Config(api, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    worker.start()
    thread.start()
    try:
        yield Client(address(listening), token)
    finally:
        server.should_exit = True
        thread.join()
        worker.stop(10)
        listening.close()


@pytest.fixture(scope="module")
def reader(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client who exports nothing, of a service with the tasks agency and source."""
    with postgres.database(server_url, f"test_{uuid.uuid4().hex}") as url:
        tasks, files = (tmp_path_factory.mktemp(name) for name in ("DSL", "exported"))
        for name in ("agency", "source"):
            write_task(tasks, name)
        with serving(Configuration(database_url=url, tasks=tasks, files=files)) as client:
            yield client


@pytest.fixture
def configuration(database_url: str, tmp_path: Path) -> Configuration:
    """An empty folder of tasks and an empty folder of files."""
    tasks, files = tmp_path / "DSL", tmp_path / "exported"
    tasks.mkdir()
    files.mkdir()
    return Configuration(database_url=database_url, tasks=tasks, files=files)


@pytest.fixture
def client(configuration: Configuration, database: psycopg.Connection) -> Iterator[Client]:
    """A client of a service with the tasks agency and source, and their tables."""
    for name in ("agency", "source"):
        make_table(database, name)
        write_task(configuration.tasks, name)
    with serving(configuration) as client:
        yield client
