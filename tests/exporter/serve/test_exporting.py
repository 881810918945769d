"""A request as the engine runs it."""

import datetime
import threading

import psycopg
import pytest

from exporter.publish.folder import Folder
from exporter.serve.configuration import Configuration
from exporter.serve.exporting import Exporting
from exporter.serve.requests import RequestState, RunRequest
from exporter.serve.worker import InterruptedRunError
from tests.exporter.serve.dsl import make_table, rows_left, write_task


@pytest.fixture
def exporting(configuration: Configuration, database: psycopg.Connection) -> Exporting:
    make_table(database, "agency")
    write_task(configuration.tasks, "agency")
    return Exporting(configuration=configuration, target=Folder(configuration.files), observe=lambda _: None)


def request_of(*runs: int) -> RunRequest:
    """A request for agency that these runs have served already, and did not end."""
    return RunRequest(
        id=1,
        task="agency",
        state=RequestState.RUNNING,
        accepted_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        started_at=None,
        finished_at=None,
        runs=runs,
        error=None,
    )


def test_what_a_run_published_before_its_process_ended_is_the_requests(exporting: Exporting) -> None:
    runs: list[int] = []
    exporting(request_of(), runs.append, threading.Event())
    again = exporting(request_of(*runs), lambda _: None, threading.Event())
    another = exporting(request_of(), lambda _: None, threading.Event())
    assert (again.state, another.state) == (RequestState.PUBLISHED, RequestState.EMPTY)


def test_an_interrupted_run_has_deleted_nothing_and_left_no_file(
    exporting: Exporting, configuration: Configuration, database: psycopg.Connection
) -> None:
    interrupted = threading.Event()
    interrupted.set()
    with pytest.raises(InterruptedRunError):
        exporting(request_of(), lambda _: None, interrupted)
    assert rows_left(database, "agency") == [1, 2, 3, 4, 5, 6]
    assert list(configuration.files.iterdir()) == []


def test_a_task_that_has_gone_since_it_was_accepted_is_the_requests_error(
    exporting: Exporting, configuration: Configuration
) -> None:
    (configuration.tasks / "agency").rename(configuration.tasks / "another")
    outcome = exporting(request_of(), lambda _: None, threading.Event())
    assert (outcome.state, outcome.error) == (RequestState.FAILED, "agency: there is no such task any more")
