"""A run is killed at every step, while others write; the next finishes or undoes, and nothing is lost or done twice."""

import random
from pathlib import Path
from typing import Final

import psycopg
import pytest

from tests.exporter.engine.crashes import TABLES, run, write_some, writers, wrongs

KILLS: Final = 3
"""How many runs in a row are killed, each one step later than the one before it."""


@pytest.fixture
def world(database: psycopg.Connection) -> psycopg.Connection:
    # What a crash of the server would lose is not what is tested here.
    database.execute(f"ALTER DATABASE {database.info.dbname} SET synchronous_commit = off".encode())
    database.execute(TABLES)
    return database


def crash(world: psycopg.Connection, url: str, folder: Path, first: int) -> tuple[int, list[str]]:
    """Kill some runs in a row, let the next one finish, and look at every row.

    Returns:
        How many steps the last run had, and what is wrong.
    """
    chance = random.Random(first)  # noqa: S311 - which rows are written is no secret
    for step in range(first, first + KILLS):
        with world.transaction():
            write_some(world, chance)
        with writers(url, 2):
            run(url, folder, step)
    steps = run(url, folder)
    assert steps
    return steps, wrongs(world, folder)


def test_a_run_that_is_killed_at_any_step_is_finished_or_undone_by_the_next(
    world: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    first, steps = 1, run(database_url, tmp_path) or 0
    while first <= max(steps, 30):
        steps, wrong = crash(world, database_url, tmp_path, first)
        assert wrong == []
        first += KILLS
