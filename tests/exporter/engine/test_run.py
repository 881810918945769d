"""A run, from the lock to the manifest, against a real PostgreSQL and a real folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from exporter.engine.events import Event, TaskStarted
from exporter.engine.request import Request
from exporter.engine.run import run_export
from exporter.failure import ExportError
from exporter.ledger.model import OutputState, RunState
from exporter.ledger.postgres import PostgresLedger
from exporter.ledger.sql import Execute
from exporter.publish.folder import Folder
from provisioner.exports.model import LedgerPlace
from tests.exporter.engine.exports import MANIFEST, export, query, task


def test_a_target_that_fails_amid_the_rows_ends_the_task_and_says_so(
    database: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    database.execute("CREATE TABLE visit AS SELECT i AS id FROM generate_series(1, 100000) AS i")
    (tmp_path / "visits_2.csv").write_text("somebody else's")
    result = run_export(
        "visits",
        export(task("SELECT * FROM visit", key="visits_{part}.csv", records_per_part=10)),
        url=database_url,
        target=Folder(tmp_path),
    )
    assert result.run.state == RunState.FAILED
    assert "visits_2.csv" in (result.run.error or "")
    assert [path.name for path in tmp_path.iterdir()] == ["visits_2.csv"]


def test_all_rows_of_a_task_are_in_its_file(database: psycopg.Connection, database_url: str, tmp_path: Path) -> None:
    database.execute("CREATE TABLE visit AS SELECT i AS id FROM generate_series(1, 3) AS i")
    result = run_export(
        "visits",
        export(task("SELECT * FROM visit"), manifest=MANIFEST),
        url=database_url,
        target=Folder(tmp_path),
    )
    assert (result.run.state, result.run.error) == (RunState.PUBLISHED, None)
    assert [output.state for output in result.outputs] == [OutputState.PUBLISHED]
    assert (tmp_path / "visits_0001_0001.csv").read_text() == "id\n1\n2\n3\n"
    assert result.manifest
    assert (tmp_path / result.manifest).read_text() == "name,rows\nvisits_0001_0001.csv,3\n"


@pytest.fixture
def visits(database: psycopg.Connection) -> psycopg.Connection:
    database.execute("CREATE TABLE visit AS SELECT i AS id, 2022 + i AS year FROM generate_series(1, 3) AS i")
    return database


PARTITIONED = task(
    "SELECT id FROM visit WHERE year = :year",
    partitions=query("SELECT year, year + 1 AS next FROM visit ORDER BY year"),
    key="{task}_{year}_{next}_{base}_{increment}.csv",
)


@pytest.mark.parametrize("parallel", [1, 3])
@pytest.mark.usefixtures("visits")
def test_each_partition_has_its_own_files_and_numbers(database_url: str, tmp_path: Path, parallel: int) -> None:
    of = export(PARTITIONED, parallel=parallel)
    run_export("visits", of, url=database_url, target=Folder(tmp_path), request=Request(partition="2024"))
    result = run_export("visits", of, url=database_url, target=Folder(tmp_path))
    assert result.run.error is None
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "visits_2023_2024_1_1.csv",
        "visits_2024_2025_1_1.csv",
        "visits_2024_2025_1_2.csv",
        "visits_2025_2026_1_1.csv",
    ]


@pytest.mark.usefixtures("visits")
def test_a_partition_that_is_not_there_is_said_with_those_that_are(database_url: str, tmp_path: Path) -> None:
    result = run_export(
        "visits", export(PARTITIONED), url=database_url, target=Folder(tmp_path), request=Request(partition="1999")
    )
    assert "has no partition '1999' now; it has '2023', '2024', '2025'" in (result.run.error or "")


@pytest.mark.usefixtures("visits")
def test_a_task_that_fails_hides_none_of_the_others(database_url: str, tmp_path: Path) -> None:
    tasks = [
        task("SELECT 1 / (id - 2) AS half FROM visit", name="divided"),
        task("SELECT missing FROM visit", name="misspelt"),
        task("SELECT 1", name="parts", partitions=query("SELECT 1 / 0")),
        task("SELECT * FROM visit", name="well"),
    ]
    result = run_export("visits", export(*tasks, manifest=MANIFEST), url=database_url, target=Folder(tmp_path))
    assert result.run.state == RunState.FAILED
    assert {output.task: output.state for output in result.outputs} == {
        "divided": OutputState.FAILED,
        "misspelt": OutputState.FAILED,
        "parts": OutputState.FAILED,
        "well": OutputState.PUBLISHED,
    }
    assert result.run.error == (
        "parts: the partitions of the task 'parts' cannot be listed: division by zero\n"
        "divided: the rows cannot be read: division by zero\n"
        'misspelt: the source database refuses the query: column "missing" does not exist'
    )
    assert result.manifest
    assert (tmp_path / result.manifest).read_text() == "name,rows\nwell_0001_0001.csv,3\n"


def test_everything_is_read_in_one_state_of_the_database(
    visits: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    def observe(event: Event) -> None:
        if isinstance(event, TaskStarted):
            visits.execute("INSERT INTO visit VALUES (4)")

    tasks = [task("SELECT id FROM visit", name=name) for name in ("one", "two")]
    run_export("visits", export(*tasks), url=database_url, target=Folder(tmp_path), observe=observe)
    assert {path.read_text() for path in tmp_path.iterdir()} == {"id\n1\n2\n3\n"}


def test_a_run_without_rows_is_empty_and_its_manifest_says_so(
    visits: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    visits.execute("DELETE FROM visit")
    of = export(task("SELECT * FROM visit"), manifest=MANIFEST)
    result = run_export("visits", of, url=database_url, target=Folder(tmp_path))
    assert result.run.state == RunState.EMPTY
    assert [path.read_text() for path in tmp_path.iterdir()] == ["name,rows\n"]


def test_a_commit_whose_answer_is_lost_is_found_out(
    visits: psycopg.Connection, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is committed is revealed, never discarded; only the answer did not arrive."""
    committing = PostgresLedger.committing

    @contextmanager
    def cut(self: PostgresLedger, source: psycopg.Connection) -> Iterator[Execute]:
        with committing(self, source) as execute:
            yield execute
        raise ExportError("the connection is lost")

    monkeypatch.setattr(PostgresLedger, "committing", cut)
    of = export(task("SELECT * FROM visit", delete=query("DELETE FROM visit")))
    result = run_export("visits", of, url=database_url, target=Folder(tmp_path))
    assert result.run.error is None
    assert visits.execute("SELECT * FROM visit").fetchall() == []
    assert (tmp_path / "visits_0001_0001.csv").read_text().count("\n") == 4


def test_a_ledger_in_a_file_keeps_the_numbers_and_nothing_is_written_to_the_source(
    visits: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    of = export(task("SELECT * FROM visit"), ledger=LedgerPlace.FILE)
    for _ in range(2):
        run_export(
            "visits",
            of,
            url=database_url,
            target=Folder(tmp_path / "files"),
            ledger_file=tmp_path / "ledger.sqlite",
        )
    assert sorted(path.name for path in (tmp_path / "files").iterdir()) == [
        "visits_0001_0001.csv",
        "visits_0001_0002.csv",
    ]
    assert visits.execute("SELECT to_regnamespace('exporter')").fetchall() == [(None,)]


@pytest.mark.usefixtures("visits")
def test_two_files_of_one_key_in_one_run_are_refused(database_url: str, tmp_path: Path) -> None:
    of = export(task("SELECT * FROM visit", key="same.csv", records_per_part=2))
    result = run_export("visits", of, url=database_url, target=Folder(tmp_path))
    assert "'same.csv' was published before and is put once" in (result.run.error or "")
    assert not list(tmp_path.iterdir())
