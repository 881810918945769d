"""What a run finds of an earlier one that no further try would mend: it says so, and everything else goes on."""

from pathlib import Path

import psycopg
import pytest

from exporter.engine.events import Committed, Event
from exporter.engine.run import Result, run_export
from exporter.failure import ExportError
from exporter.ledger.model import RunState
from exporter.ledger.postgres import PostgresLedger
from exporter.publish.folder import Folder
from tests.exporter.engine.exports import MANIFEST, export, query, task

KEY = "outbox_0001_0001.csv"
OF = export(
    task("SELECT * FROM outbox", name="outbox", delete=query("DELETE FROM outbox")),
    task("SELECT * FROM visit"),
    manifest=MANIFEST,
)


class World:
    """Rows that were deleted because they are in a file, which did not come to its key."""

    def __init__(self, database: psycopg.Connection, url: str, folder: Path) -> None:
        database.execute("CREATE TABLE visit AS SELECT 1 AS id; CREATE TABLE outbox AS SELECT 7 AS id")
        self.url, self.file = url, folder / KEY

    def run(self, others: str | None = None) -> Result:
        def observe(event: Event) -> None:
            if isinstance(event, Committed) and others:
                self.file.write_text(others)

        return run_export("visits", OF, url=self.url, target=Folder(self.file.parent), observe=observe)

    def listed(self) -> int:
        """How often manifests list the file."""
        return sum(path.read_text().count(KEY) for path in self.file.parent.glob("manifest_*"))


@pytest.fixture
def world(database: psycopg.Connection, database_url: str, tmp_path: Path) -> World:
    return World(database, database_url, tmp_path)


def test_a_file_whose_key_another_took_waits_until_that_is_moved_away(world: World) -> None:
    world.run("somebody else's")
    result = world.run()
    assert result.run.state == RunState.FAILED
    assert "move the other away" in (result.run.error or "")
    assert [file.task for file in result.files] == ["visits"]
    assert world.file.read_text() == "somebody else's"
    world.file.unlink()
    assert world.run().run.error is None
    assert world.file.read_text() == "id\n7\n"
    assert world.listed() == 1


def test_a_file_that_its_receiver_took_before_that_was_recorded_is_told_once_and_listed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object, **__: object) -> None:
        raise ExportError("the connection is lost")

    with monkeypatch.context() as patch:
        patch.setattr(PostgresLedger, "reveal", cut)
        world.run()
    assert world.file.read_text() == "id\n7\n"
    world.file.unlink()
    result = world.run()
    assert result.run.state == RunState.FAILED
    assert "somebody took it" in (result.run.error or "")
    assert [file.task for file in result.files] == ["visits"]
    assert world.run().run.error is None
    assert world.listed() == 1
