"""One PostgreSQL for the tests of a process, and a database of its own for each test that asks."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from provisioner.emulator import postgres


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A PostgreSQL server."""
    with postgres.server() as url:
        yield url


@pytest.fixture
def database_url(server_url: str) -> Iterator[str]:
    """An empty database."""
    with postgres.database(server_url, f"test_{uuid.uuid4().hex}") as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[psycopg.Connection]:
    """A connection to an empty database; each statement commits."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection
