"""A run is killed at every step, while others write; the next finishes or undoes, and nothing is lost or done twice."""

import random
from collections.abc import Callable, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Final

import psycopg
import pytest

from tests.exporter.engine.broken import BROKEN
from tests.exporter.engine.crashes import TABLES, Last, run, write_some, writers, wrongs

KILLS: Final = 3
"""How many runs in a row are killed before one may go to its end."""


@pytest.fixture
def world(database: psycopg.Connection) -> psycopg.Connection:
    # What a crash of the server would lose is not what is tested here.
    database.execute(f"ALTER DATABASE {database.info.dbname} SET synchronous_commit = off".encode())
    database.execute(TABLES)
    return database


def crash(
    world: psycopg.Connection, url: str, folder: Path, lasts: Sequence[Last], mutate: Callable[[], None] | None = None
) -> tuple[int, list[str]]:
    """Kill runs in a row, each at another step, let one more go to its end, and look at every row.

    Returns:
        How many steps the last run had, and what is wrong.
    """
    for last in lasts:
        with world.transaction():
            write_some(world, random.Random(str(last)))  # noqa: S311 - which rows are written is no secret
        with writers(url):
            run(url, folder, last, mutate)
    steps = run(url, folder, mutate=mutate)
    assert steps
    return steps, wrongs(world, folder)


def test_a_run_that_is_killed_at_any_step_is_finished_or_undone_by_the_next(
    world: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    first, steps = 1, run(database_url, tmp_path) or 0
    while first <= max(steps, 30):
        steps, wrong = crash(world, database_url, tmp_path, range(first, first + KILLS))
        assert wrong == []
        first += KILLS


@pytest.mark.parametrize(("mutate", "last"), BROKEN.items(), ids=attrgetter("__name__"))
def test_a_broken_engine_is_found(
    mutate: Callable[[], None], last: Last, world: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    assert crash(world, database_url, tmp_path, [last])[1] == []
    assert crash(world, database_url, tmp_path, [last], mutate)[1] != []
