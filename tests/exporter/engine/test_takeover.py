"""What becomes of a run that another took for dead, that lost an answer, or whose sessions the server would end."""

import time
from pathlib import Path

import psycopg
import pytest

from exporter.engine.events import Event, FileOpened, FileStaged
from exporter.engine.run import run_export
from exporter.failure import ExportError
from exporter.ledger.model import File, RunState
from exporter.ledger.postgres import PostgresLedger
from exporter.ledger.sql import MANIFEST as OF_MANIFEST
from exporter.publish.folder import Folder
from provisioner.exports.model import Mode
from tests.exporter.engine.exports import MANIFEST, export, query, task

ALL = export(task("SELECT * FROM visit"), manifest=MANIFEST)
DELETED = export(task("SELECT * FROM visit", delete=query("DELETE FROM visit")), manifest=MANIFEST)


@pytest.fixture
def visits(database: psycopg.Connection) -> psycopg.Connection:
    database.execute("CREATE TABLE visit AS SELECT i AS id FROM generate_series(1, 3) AS i")
    return database


def lose_the_lock(database: psycopg.Connection) -> None:
    database.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND granted")


def listed(folder: Path) -> list[str]:
    """What all manifests list, in the order of their names."""
    return [
        line.split(",")[0] for path in sorted(folder.glob("manifest_*")) for line in path.read_text().splitlines()[1:]
    ]


def test_a_run_that_lost_its_lock_commits_nothing_any_more(
    visits: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    def observe(event: Event) -> None:
        if isinstance(event, FileStaged) and event.task != OF_MANIFEST:
            lose_the_lock(visits)
            assert run_export("visits", DELETED, url=database_url, target=Folder(tmp_path)).run.error is None

    result = run_export("visits", DELETED, url=database_url, target=Folder(tmp_path), observe=observe)
    assert result.run.state == RunState.FAILED
    assert "took this run for dead" in (result.run.error or "")
    assert listed(tmp_path) == ["visits_0001_0001.csv"]
    assert sorted(path.name for path in tmp_path.iterdir() if "manifest" not in path.name) == ["visits_0001_0001.csv"]
    assert visits.execute("SELECT * FROM visit").fetchall() == []


def test_a_run_that_lost_its_lock_lists_no_file_that_the_next_has_listed(
    visits: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    def observe(event: Event) -> None:
        if isinstance(event, FileOpened) and event.task == OF_MANIFEST:
            lose_the_lock(visits)
            run_export("visits", DELETED, url=database_url, target=Folder(tmp_path))

    result = run_export("visits", DELETED, url=database_url, target=Folder(tmp_path), observe=observe)
    assert result.run.state == RunState.FAILED
    assert "took this run for dead" in (result.run.error or "")
    run_export("visits", DELETED, url=database_url, target=Folder(tmp_path))
    assert listed(tmp_path) == ["visits_0001_0001.csv"]


@pytest.mark.usefixtures("visits")
def test_a_manifest_whose_commit_was_not_answered_is_revealed_by_the_next_run(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_files = PostgresLedger.list_files

    def cut(self: PostgresLedger, manifest: File, files: list[File]) -> None:
        list_files(self, manifest, files)
        raise ExportError("the connection is lost")

    with monkeypatch.context() as patch:
        patch.setattr(PostgresLedger, "list_files", cut)
        assert run_export("visits", ALL, url=database_url, target=Folder(tmp_path)).run.state == RunState.FAILED
    result = run_export("visits", ALL, url=database_url, target=Folder(tmp_path))
    assert result.run.error is None
    assert listed(tmp_path) == ["visits_0001_0001.csv", "visits_0001_0002.csv"]


def test_no_timeout_of_the_servers_ends_a_run_that_waits_for_its_target(
    visits: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    """An idle session holds the lock, and a long transaction the rows."""
    for setting in ("idle_session_timeout", "transaction_timeout", "idle_in_transaction_session_timeout"):
        if visits.execute("SELECT 1 FROM pg_settings WHERE name = %s", (setting,)).fetchone():
            visits.execute(f"ALTER DATABASE {visits.info.dbname} SET {setting} = '300ms'".encode())

    def observe(event: Event) -> None:
        if isinstance(event, FileStaged):
            time.sleep(0.5)

    result = run_export("visits", DELETED, url=database_url, target=Folder(tmp_path), observe=observe)
    assert result.run.error is None
    assert result.run.state == RunState.PUBLISHED


def test_a_commit_outlives_a_crash_of_a_server_whose_others_do_not_wait_for_that(
    visits: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    """What is revealed cannot be taken back."""
    visits.execute(f"ALTER DATABASE {visits.info.dbname} SET synchronous_commit = off".encode())
    durable = task("SELECT current_setting('synchronous_commit') AS durable")
    run_export("visits", export(durable), url=database_url, target=Folder(tmp_path))
    assert (tmp_path / "visits_0001_0001.csv").read_text() == "durable\non\n"


def test_a_row_whose_time_is_infinite_comes_with_the_first_run(
    database: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    database.execute("CREATE TABLE visit AS SELECT 1 AS id, timestamptz 'infinity' AS updated_at")
    changed = export(task("SELECT * FROM visit", mode=Mode.WINDOW, cursor=("updated_at",)))
    for _ in range(2):
        run_export("visits", changed, url=database_url, target=Folder(tmp_path))
    assert [path.read_text() for path in tmp_path.iterdir()] == ["id,updated_at\n1,infinity\n"]
