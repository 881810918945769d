"""What is deleted is what is in a published file, whoever writes at the same time."""

from pathlib import Path

import psycopg
import pytest

from exporter.engine.events import Deleted, Event, FileStaged, Retried
from exporter.engine.request import Request
from exporter.engine.run import Result, run_export
from exporter.ledger.model import RunState
from exporter.publish.folder import Folder
from provisioner.exports.model import LedgerPlace, Task
from tests.exporter.engine.exports import export, query, task

ALL = task("SELECT * FROM visit", delete=query("DELETE FROM visit"))


class World:
    """A table of three rows, and what happens to it at the first event of a kind."""

    def __init__(self, database: psycopg.Connection, url: str, folder: Path) -> None:
        self.database, self.folder, self.url = database, folder, url
        self.events: list[type[Event]] = []
        database.execute("CREATE TABLE visit (id int PRIMARY KEY, name text)")
        database.execute("INSERT INTO visit SELECT i, 'v' || i FROM generate_series(1, 3) AS i")

    def run(self, of: Task, *, at: type[Event] = Event, do: str = "SELECT", request: Request = Request()) -> Result:  # noqa: B008 - frozen
        waiting = [do]

        def observe(event: Event) -> None:
            self.events.append(type(event))
            if type(event) is at and waiting:
                self.database.execute(waiting.pop().encode())

        return run_export(
            "visits", export(of), url=self.url, target=Folder(self.folder), observe=observe, request=request
        )

    def left(self) -> list[tuple[int, str]]:
        return self.database.execute("SELECT * FROM visit ORDER BY id").fetchall()

    def published(self) -> str:
        (path,) = self.folder.iterdir()
        return path.read_text()

    def nothing_happened(self) -> bool:
        return len(self.left()) == 3 and not list(self.folder.iterdir())


@pytest.fixture
def world(database: psycopg.Connection, database_url: str, tmp_path: Path) -> World:
    return World(database, database_url, tmp_path)


def test_a_row_that_comes_meanwhile_is_neither_exported_nor_deleted(world: World) -> None:
    result = world.run(ALL, at=FileStaged, do="INSERT INTO visit VALUES (4, 'v4')")
    assert result.run.error is None
    assert world.published() == "id,name\n1,v1\n2,v2\n3,v3\n"
    assert world.left() == [(4, "v4")]


def test_a_row_that_changes_meanwhile_is_exported_as_it_is_deleted(world: World) -> None:
    result = world.run(ALL, at=FileStaged, do="UPDATE visit SET name = 'new' WHERE id = 2")
    assert result.run.error is None
    assert Retried in world.events
    assert world.published() == "id,name\n1,v1\n2,new\n3,v3\n"
    assert world.left() == []


def test_rows_that_change_at_every_attempt_are_left_alone(world: World) -> None:
    def observe(event: Event) -> None:
        if isinstance(event, FileStaged):
            world.database.execute("UPDATE visit SET name = name || '.'")

    result = run_export("visits", export(ALL), url=world.url, target=Folder(world.folder), observe=observe)
    assert "5 times" in (result.run.error or "")
    assert world.nothing_happened()


def test_a_delete_query_of_other_rows_is_refused_by_the_numbers(world: World) -> None:
    result = world.run(task("SELECT * FROM visit WHERE id < 3", delete=query("DELETE FROM visit")))
    assert "2 rows were exported and the delete query would delete 3" in (result.run.error or "")
    assert world.nothing_happened()


def test_a_delete_query_of_as_many_other_rows_is_refused_by_their_keys(world: World) -> None:
    some = task(
        "SELECT name, id AS number FROM visit WHERE id < 3", delete=query("DELETE FROM visit AS v WHERE v.id > 1")
    )
    result = world.run(some)
    assert "but others, by their primary keys" in (result.run.error or "")
    assert world.nothing_happened()


def test_without_the_key_in_the_selection_the_numbers_are_compared(world: World) -> None:
    result = world.run(task("SELECT name FROM visit", delete=query("DELETE FROM visit -- all\n")))
    assert result.run.error is None
    assert world.left() == []


def test_what_a_cascade_would_delete_is_in_no_file_and_refused(world: World) -> None:
    world.database.execute("CREATE TABLE page (visit int REFERENCES visit ON DELETE CASCADE)")
    world.database.execute("INSERT INTO page VALUES (1), (1)")
    result = world.run(ALL)
    assert "a cascade or a trigger would delete 2 of other tables" in (result.run.error or "")
    assert world.nothing_happened()


def test_a_run_may_be_asked_to_delete_nothing(world: World) -> None:
    world.run(ALL, request=Request(delete=False))
    assert Deleted not in world.events
    assert len(world.left()) == 3
    assert world.published() == "id,name\n1,v1\n2,v2\n3,v3\n"


def test_with_a_ledger_in_a_file_the_source_is_only_read(
    world: World, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    result = run_export(
        "visits",
        export(ALL, ledger=LedgerPlace.FILE),
        url=database_url,
        target=Folder(world.folder),
        ledger_file=tmp_path_factory.mktemp("ledger") / "ledger.sqlite",
    )
    assert result.run.state == RunState.FAILED
    assert "read-only transaction" in (result.run.error or "")
    assert world.nothing_happened()
