"""What becomes of a request whose export does not simply end."""

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from exporter.failure import BusyError
from exporter.serve.log import Log
from exporter.serve.requests import Requests, RequestState, RunRequest
from exporter.serve.worker import Export, InterruptedRunError, Outcome, Worker

TARGET = "file:///exported-data/"


@pytest.fixture
def requests(database: psycopg.Connection) -> Requests:
    return Requests(database, TARGET)


@contextmanager
def working(url: str, export: Export, log: io.StringIO) -> Iterator[Worker]:
    """A worker that exports so."""
    worker = Worker(lambda: Requests(psycopg.connect(url, autocommit=True), TARGET), export, Log(log))
    worker.start()
    try:
        yield worker
    finally:
        worker.stop(0)


def test_an_export_that_is_interrupted_waits_again(database_url: str, requests: Requests) -> None:
    began = threading.Event()

    def export(request: RunRequest, note: Callable[[int], None], interrupted: threading.Event) -> Outcome:
        del request, note
        began.set()
        assert interrupted.wait(10)
        raise InterruptedRunError

    accepted = requests.accept("agency")
    with working(database_url, export, io.StringIO()):
        assert began.wait(10)
    request = requests.find(accepted)
    assert request is not None
    assert request.state is RequestState.ACCEPTED


def test_an_export_that_somebody_else_runs_is_tried_again(
    database_url: str, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exporter.serve.worker.REST", 0.01)
    tried: list[int] = []
    done = threading.Event()

    def export(request: RunRequest, note: Callable[[int], None], interrupted: threading.Event) -> Outcome:
        del note, interrupted
        tried.append(request.id)
        if len(tried) == 1:
            raise BusyError("another process runs it")
        done.set()
        return Outcome(state=RequestState.EMPTY)

    accepted = requests.accept("agency")
    log = io.StringIO()
    with working(database_url, export, log) as worker:
        assert done.wait(10)
        worker.stop(10)
    request = requests.find(accepted)
    assert request is not None
    assert (tried, request.state) == ([accepted, accepted], RequestState.EMPTY)
    assert "another process runs it" in log.getvalue()


def test_while_another_process_serves_nothing_is_taken(
    database_url: str, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exporter.serve.worker.REST", 0.01)
    taken = threading.Event()

    def export(request: RunRequest, note: Callable[[int], None], interrupted: threading.Event) -> Outcome:
        del request, note, interrupted
        taken.set()
        return Outcome(state=RequestState.EMPTY)

    requests.accept("agency")
    with requests.turn() as ours:
        assert ours
        with working(database_url, export, io.StringIO()):
            assert not taken.wait(0.3)
    with working(database_url, export, io.StringIO()):
        assert taken.wait(10)


def test_a_fault_of_ours_fails_the_request_and_shows_nothing_that_was_not_written_to_be_shown(
    database_url: str, requests: Requests
) -> None:
    failed = threading.Event()

    def export(request: RunRequest, note: Callable[[int], None], interrupted: threading.Event) -> Outcome:
        del request, note, interrupted
        failed.set()
        raise RuntimeError("postgresql://someone:pa55word@host/name")

    accepted = requests.accept("agency")
    log = io.StringIO()
    with working(database_url, export, log) as worker:
        assert failed.wait(10)
        worker.stop(10)
    request = requests.find(accepted)
    assert request is not None
    words = "this is a fault of the program, not of yours: RuntimeError"
    assert (request.state, request.error) == (RequestState.FAILED, words)
    assert "pa55word" not in log.getvalue()
