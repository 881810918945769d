"""A run, from the lock to the manifest, against a real PostgreSQL and a real folder."""

from pathlib import Path

import psycopg

from exporter.engine.run import run_export
from exporter.ledger.model import OutputState, RunState
from exporter.publish.folder import Folder
from tests.exporter.exports import MANIFEST, export, task


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
