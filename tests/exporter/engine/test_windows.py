"""Windows against a real PostgreSQL, whose writers begin, write and commit in any order, before, in and after runs."""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.database import window
from exporter.engine.request import Request
from exporter.engine.run import Result, run_export
from exporter.ledger.model import OutputState, RunState
from exporter.publish.folder import Folder
from provisioner.exports.model import Export, Mode
from tests.exporter.engine.exports import export, task

WRITERS: Final = 3
TABLE: Final = """
DROP SCHEMA IF EXISTS exporter CASCADE;
DROP TABLE IF EXISTS visit;
CREATE TABLE visit (id int PRIMARY KEY, version int NOT NULL, updated_at timestamptz NOT NULL DEFAULT now());
"""
CHANGED: Final = task("SELECT * FROM visit", mode=Mode.WINDOW, cursor=("updated_at",))


@pytest.fixture(autouse=True)
def without_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "GRAIN", timedelta(microseconds=1))
    monkeypatch.setattr(window, "GRACE", 0)


class World:
    """Some writers, an export, and what was written of it."""

    def __init__(self, url: str, folder: Path, of: Export) -> None:
        self._url, self._folder, self._export = url, folder, of
        self._stack = ExitStack()
        self._writers = [self._stack.enter_context(psycopg.connect(url)) for _ in range(WRITERS)]
        self._version = 0

    def step(self, who: int, what: str) -> None:
        """One step of a writer, or a run of the export."""
        writer = self._writers[who]
        match what:
            case "begin":
                writer.execute("SELECT 1")
            case "write":
                # Two rows of the same time, of this writer's own: nobody waits for anybody.
                for row in (who, who + WRITERS):
                    self._version += 1
                    writer.execute(
                        "INSERT INTO visit VALUES (%s, %s) ON CONFLICT (id) DO UPDATE"
                        " SET version = excluded.version, updated_at = now()",
                        (row, self._version),
                    )
            case "commit":
                writer.commit()
            case "roll back":
                writer.rollback()
            case "run":
                self.run()

    def run(self, request: Request = Request()) -> Result:  # noqa: B008 - frozen
        result = run_export("visits", self._export, url=self._url, target=Folder(self._folder), request=request)
        assert result.run.state != RunState.FAILED, result.run.error
        return result

    def end(self) -> None:
        for writer in self._writers:
            writer.commit()
        self._stack.close()

    def exported(self) -> Counter[tuple[int, int]]:
        return Counter(
            (int(row["id"]), int(row["version"]))
            for path in self._folder.iterdir()
            for row in csv.DictReader(path.read_text().splitlines())
        )


STEPS: Final = st.lists(
    st.tuples(st.integers(0, WRITERS - 1), st.sampled_from(("begin", "write", "commit", "roll back", "write", "run"))),
    max_size=14,
)


@given(steps=STEPS)
@settings(max_examples=20, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_change_is_exported_once_whenever_it_is_committed(
    database: psycopg.Connection, database_url: str, steps: list[tuple[int, str]]
) -> None:
    database.execute(TABLE)
    with TemporaryDirectory() as folder:
        world = World(database_url, Path(folder), export(CHANGED))
        for who, what in steps:
            world.step(who, what)
        world.end()
        world.run()
        exported = world.exported()
    assert set(exported.values()) <= {1}
    assert set(database.execute("SELECT id, version FROM visit").fetchall()) <= set(exported)


@pytest.fixture
def world(database: psycopg.Connection, database_url: str, tmp_path: Path) -> Iterator[World]:
    database.execute(TABLE)
    world = World(database_url, tmp_path, export(CHANGED))
    yield world
    world.end()


LATE: Final = ((0, "begin"), (1, "write"), (1, "commit"), (0, "run"), (0, "write"), (0, "commit"), (0, "run"))
"""The first writer's transaction begins before a run, and writes and commits after it."""


def test_a_transaction_that_has_not_written_yet_is_waited_for(world: World) -> None:
    for who, what in LATE:
        world.step(who, what)
    assert set(world.exported()) == {(1, 1), (4, 2), (0, 3), (3, 4)}


def test_a_lag_that_is_too_short_misses_it(database: psycopg.Connection, database_url: str, tmp_path: Path) -> None:
    """The tests above can fail: so ends a window that looks at the clock alone."""
    database.execute(TABLE)
    world = World(database_url, tmp_path, export(CHANGED, lag=timedelta(0)))
    for who, what in LATE:
        world.step(who, what)
    world.end()
    assert set(world.exported()) == {(1, 1), (4, 2)}


def test_without_a_change_there_is_no_file_and_no_number(world: World, tmp_path: Path) -> None:
    world.step(0, "write")
    world.step(0, "commit")
    world.run()
    result = world.run()
    assert result.run.state == RunState.EMPTY
    assert [(output.state, output.base, output.increment) for output in result.outputs] == [
        (OutputState.EMPTY, None, None)
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["visits_0001_0001.csv"]


def test_a_full_export_has_all_rows_and_the_next_base_and_the_next_partial_goes_on_from_it(
    world: World, tmp_path: Path
) -> None:
    for request in (Request(), Request(), Request(full=True), Request()):
        world.step(0, "write")
        world.step(0, "commit")
        world.run(request)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "visits_0001_0001.csv",
        "visits_0001_0002.csv",
        "visits_0002_0001.csv",
        "visits_0002_0002.csv",
    ]


def test_a_backfill_exports_a_window_again_and_moves_no_cursor(world: World, tmp_path: Path) -> None:
    world.step(0, "write")
    world.step(0, "commit")
    first = world.run().outputs[0].until
    world.step(1, "write")
    world.step(1, "commit")
    assert first
    result = world.run(Request(since=first - timedelta(hours=1), until=first))
    assert (tmp_path / result.files[0].key).read_text().count("\n") == 3
    assert world.run().outputs[0].since == first


def test_who_may_not_see_others_and_knows_no_lag_is_told_both_remedies(
    database: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    database.execute(TABLE)
    name = database.info.dbname
    database.execute(f"CREATE ROLE {name}; GRANT CREATE ON DATABASE {name} TO {name}".encode())
    try:
        result = run_export(
            "visits",
            export(CHANGED),
            url=f"{database_url}{'&' if '?' in database_url else '?'}options=-crole%3D{name}",
            target=Folder(tmp_path),
        )
        assert result.run.state == RunState.FAILED
        assert "pg_read_all_stats" in (result.run.error or "")
        assert "lag: 15 minutes" in (result.run.error or "")
    finally:
        database.execute(f"DROP OWNED BY {name} CASCADE; DROP ROLE {name}".encode())


def test_a_full_export_in_pieces_goes_on_in_the_runs_that_follow(
    database: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    """Three rows a run, ties in the order together, and what has changed meanwhile at once."""
    database.execute(TABLE)
    database.execute("INSERT INTO visit SELECT i, i / 2 FROM generate_series(1, 8) AS i")
    pieces = task("SELECT * FROM visit", mode=Mode.WINDOW, cursor=("updated_at",), order=("version",))
    world = World(database_url, tmp_path, export(pieces))
    world.run(Request(full=True, piece=3))
    database.execute("UPDATE visit SET version = -1, updated_at = clock_timestamp() WHERE id = 1")
    world.run()
    world.run()
    result = world.run()
    world.end()
    assert {path.name: _ids(path) for path in sorted(tmp_path.iterdir())} == {
        "visits_0001_0001.csv": [1, 2, 3],
        "visits_0001_0002.csv": [1, 4, 5, 6, 7],
        "visits_0001_0003.csv": [8],
    }
    assert result.run.state == RunState.EMPTY


def _ids(path: Path) -> list[int]:
    return sorted(int(line.split(",")[0]) for line in path.read_text().splitlines()[1:])
