"""What is accepted is in the database, has one holder at a time, and is folded only into what sees no less."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from exporter.serve.requests import MOST_LOSSES, Requests, RequestState

TARGET = "file:///exported-data/"


@pytest.fixture
def requests(database: psycopg.Connection) -> Requests:
    return Requests(database, TARGET)


@pytest.fixture
def others(database_url: str, requests: Requests) -> Iterator[Requests]:
    """The same requests, over the connection of another process."""
    requests.prepare()
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield Requests(connection, TARGET)


def test_what_is_accepted_is_seen_by_everybody(requests: Requests, others: Requests) -> None:
    accepted = others.find(requests.accept("agency"))
    assert accepted is not None
    assert (accepted.task, accepted.state) == ("agency", RequestState.ACCEPTED)


def test_the_disk_has_it_before_the_caller_knows_whatever_the_servers_setting(
    database: psycopg.Connection, requests: Requests
) -> None:
    requests.prepare()
    database.execute("SET synchronous_commit TO off")
    with database.transaction():  # whose end is that of the inner one's settings, too
        requests.accept("agency")
        assert database.execute("SHOW synchronous_commit").fetchone() == ("on",)


@pytest.mark.parametrize(
    ("waiting", "later"), [("agency", "agency"), (None, None), (None, "agency")], ids=["same", "all", "one of all"]
)
def test_a_request_is_folded_into_one_that_waits_and_includes_it(
    requests: Requests, waiting: str | None, later: str | None
) -> None:
    assert requests.accept(waiting) == requests.accept(later)


@pytest.mark.parametrize(
    ("waiting", "later"), [("agency", "source"), ("agency", None)], ids=["another", "all of which it is one"]
)
def test_a_request_is_not_folded_into_one_that_leaves_something_out(
    requests: Requests, waiting: str | None, later: str | None
) -> None:
    assert requests.accept(waiting) != requests.accept(later)


def test_a_request_is_not_folded_into_one_that_runs_and_may_have_read_its_rows_before(requests: Requests) -> None:
    first = requests.accept("agency")
    requests.take()
    assert requests.accept("agency") != first


def test_what_a_request_is_folded_into_cannot_begin_before_the_caller_knows(
    database: psycopg.Connection, requests: Requests, others: Requests
) -> None:
    requests.accept("agency")
    taken = threading.Event()

    def take() -> None:
        others.take()
        taken.set()

    taking = threading.Thread(target=take)
    with database.transaction():
        requests.accept("agency")
        taking.start()
        assert not taken.wait(0.3)
    assert taken.wait(10)
    taking.join()


def test_requests_of_another_folder_are_not_ours(requests: Requests, database: psycopg.Connection) -> None:
    another = Requests(database, "file:///elsewhere/")
    of_another = another.accept("agency")
    assert requests.accept("agency") != of_another
    assert requests.find(of_another) is None
    assert [request.id for request in another.latest(10)] == [of_another]


def test_the_oldest_request_is_taken_first(requests: Requests) -> None:
    accepted = [requests.accept(task) for task in ("source", "agency")]
    taken = [request.id for request in (requests.take(), requests.take()) if request]
    assert taken == accepted
    assert requests.take() is None


def test_one_process_at_a_time_serves(requests: Requests, others: Requests) -> None:
    with requests.turn() as ours, others.turn() as theirs:
        assert (ours, theirs) == (True, False)
    with others.turn() as theirs:
        assert theirs


def test_what_ran_when_its_process_ended_waits_again_for_the_next(requests: Requests, others: Requests) -> None:
    accepted = requests.accept("agency")
    with requests.turn():
        requests.take()
        requests.began(accepted, 7)
        requests.connection.close()  # as the end of a process does
    theirs, end = False, time.monotonic() + 10
    while not theirs and time.monotonic() < end:  # until the server has noticed
        with others.turn() as theirs:
            again = others.take() if theirs else None
    assert again is not None
    assert (again.id, again.runs) == (accepted, (7,))


def test_what_ends_every_process_that_runs_it_fails_and_lets_the_others_have_their_turn(requests: Requests) -> None:
    deadly, harmless = requests.accept("agency"), requests.accept("source")
    for _ in range(MOST_LOSSES):
        with requests.turn():
            taken = requests.take()
            assert taken is not None
            assert taken.id == deadly
    with requests.turn():
        taken = requests.take()
    assert taken is not None
    assert taken.id == harmless
    failed = requests.find(deadly)
    assert failed is not None
    assert (failed.state, failed.error is not None) == (RequestState.FAILED, True)
