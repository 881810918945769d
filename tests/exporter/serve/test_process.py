"""What was answered Ok is exported, whatever becomes of the process; told to end, it ends in order."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from exporter.publish.folder import Folder
from exporter.serve.configuration import Configuration
from exporter.serve.requests import Requests, RequestState
from tests.exporter.serve.asking import lines_of
from tests.exporter.serve.dsl import make_table, rows_left, write_task
from tests.exporter.serve.process import environment, service


@pytest.fixture
def tasks(configuration: Configuration, database: psycopg.Connection) -> Configuration:
    for name in ("agency", "source"):
        make_table(database, name)
        write_task(configuration.tasks, name)
    return configuration


@contextmanager
def held_up(url: str) -> Iterator[None]:
    """No export of agency can read a row for as long as the block runs."""
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE agency IN ACCESS EXCLUSIVE MODE")
        yield


def test_what_was_answered_ok_is_exported_though_the_process_is_killed_at_once(
    tasks: Configuration, database: psycopg.Connection
) -> None:
    with held_up(tasks.database_url), service(tasks) as killed:
        runs = [killed.client.post(f"/exports/{task}").headers["location"] for task in ("agency", "source")]
        killed.process.kill()
        killed.process.wait()
    assert list(tasks.files.glob("*.csv.gz")) == []

    with service(tasks) as next_one:
        ended = [next_one.client.ended(run) for run in runs]
    assert [run["state"] for run in ended] == ["published", "published"]
    for task, run in zip(("agency", "source"), ended, strict=True):
        (file,) = run["files"]
        assert lines_of(tasks.files, file["key"]) == ["id,name", "2,n2", "4,n4", "6,n6"]
        assert rows_left(database, task) == [1, 3, 5]


def test_told_to_end_it_finishes_what_runs_and_leaves_what_waits_to_the_next(
    tasks: Configuration, database: psycopg.Connection
) -> None:
    with service(tasks) as told:
        with held_up(tasks.database_url):
            running = told.client.post("/exports/agency").headers["location"]
            while told.client.get(running).json["state"] != "running":
                pass
            waiting = told.client.post("/exports/source").headers["location"]
            told.process.send_signal(signal.SIGTERM)
            told.wait_for("stopping")
        told.wait_for("stopped")
        assert told.process.wait() == 0
    assert [path.name.partition("-")[0] for path in tasks.files.iterdir()] == ["agency"]
    left = Requests(database, Folder(tasks.files).url).find(int(waiting.rpartition("/")[2]))
    assert left is not None
    assert left.state is RequestState.ACCEPTED


def test_it_does_not_start_without_a_token_or_a_database(configuration: Configuration) -> None:
    variables = environment(configuration)
    for missing, words in (
        ("DATABASE_URL", "exporter: the database has no URL: set DATABASE_URL to it"),
        (
            "EXPORTER_TOKEN",
            "exporter: there is no token: give --token-file FILE, set EXPORTER_TOKEN, or say --no-token",
        ),
    ):
        refused = subprocess.run(
            [sys.executable, "-m", "exporter", "serve"],
            env={name: value for name, value in variables.items() if name != missing},
            capture_output=True,
            text=True,
            check=False,
        )
        assert refused.returncode == 2
        assert refused.stderr.startswith(words)
