"""What the tests of the formats share."""

from collections.abc import Iterator

import psycopg
import pytest


@pytest.fixture(scope="package")
def reading(server_url: str) -> Iterator[psycopg.Connection]:
    """A connection for all that only read and ask for no table."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        yield connection
