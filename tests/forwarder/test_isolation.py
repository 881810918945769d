"""One dataset's failing target does not slow another's delivery."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.exceptions import ReadTimeoutError

from provisioner.forwarder.rest import REST_SECONDS

from .setting import DATASET, EXPORTS, TARGET, TARGET_ACCOUNT, Post, grant, message, new_s3, route
from .world import FakeS3, Fault, Request, When

STUCK = "stuck"
STUCK_TARGET = "stuck-target"
CONCURRENCY = 8
EACH = 50
WITHIN = 5.0
"""Seconds of patience before a test that hangs is a failure."""


def keys(dataset: str) -> list[str]:
    return [f"{dataset}/{number:02}" for number in range(EACH)]


def two_datasets() -> Post:
    """A dataset whose target is well, and one whose target is not; the same number of objects of each, mixed."""
    s3 = new_s3()
    s3.create_bucket(STUCK_TARGET, owner=TARGET_ACCOUNT)
    grant(s3, STUCK, STUCK_TARGET)
    post = Post(s3=s3, routes=(route(), route(dataset=STUCK, bucket=STUCK_TARGET)), concurrency=CONCURRENCY)
    for pair in zip(keys(STUCK), keys(DATASET), strict=True):
        for key in pair:
            s3.write(EXPORTS, key, b"one")
            post.queue.send(message(key))
    return post


def requests_to(s3: FakeS3, bucket: str) -> int:
    return len([request for request in s3.requests if request.bucket == bucket])


class Hang:
    """Requests to one target get no answer until the test says so; then they time out."""

    def __init__(self, s3: FakeS3) -> None:
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._copies = 0
        self._all_copied = threading.Event()
        s3.on_request = self._on_request

    def _on_request(self, request: Request, when: When) -> None:
        if request.bucket == STUCK_TARGET and when is When.BEFORE:
            self._over.wait(WITHIN)
            raise ReadTimeoutError(endpoint_url="https://s3.eu-west-2.amazonaws.com")
        if (request.bucket, request.operation, when) == (TARGET, "CopyObject", When.AFTER):
            with self._lock:
                self._copies += 1
                if self._copies == EACH:
                    self._all_copied.set()

    @contextmanager
    def during(self, post: Post) -> Iterator[None]:
        """A batch of everything is under way, and its requests to the target hang, until the block ends."""
        run = threading.Thread(target=lambda: post.take(most=2 * EACH))
        run.start()
        try:
            yield
        finally:
            self._over.set()
            run.join(WITHIN)
            assert not run.is_alive()

    def all_others_are_copied(self) -> bool:
        return self._all_copied.wait(WITHIN)


def test_all_of_the_other_dataset_arrives_while_one_target_does_not_answer() -> None:
    post = two_datasets()
    hang = Hang(post.s3)
    with hang.during(post):
        assert hang.all_others_are_copied()
        assert not [line for line in post.lines() if line["dataset"] == STUCK]
        assert [post.s3.body(TARGET, key) for key in keys(DATASET)] == [b"one"] * EACH
    assert not [key for key in keys(DATASET) if post.s3.current(EXPORTS, key)]
    assert {post.s3.body(EXPORTS, key) for key in keys(STUCK)} == {b"one"}


def test_a_target_that_does_not_answer_is_asked_no_more_than_once_for_each_request_at_once() -> None:
    post = two_datasets()
    hang = Hang(post.s3)
    with hang.during(post):
        assert hang.all_others_are_copied()
    assert requests_to(post.s3, STUCK_TARGET) <= CONCURRENCY
    assert len(post.queue.messages) == EACH


@pytest.mark.parametrize("fault", [Fault.slow_down(), Fault.read_timeout(), Fault.unreachable()])
def test_a_route_that_would_hold_up_others_rests_and_is_then_tried_again(fault: Fault) -> None:
    post = two_datasets()
    post.s3.fail("CopyObject", fault, bucket=STUCK_TARGET, times=1_000)
    post.take(most=2 * EACH)
    asked = requests_to(post.s3, STUCK_TARGET)
    assert 1 <= asked <= CONCURRENCY
    for key in (f"{STUCK}/later", f"{DATASET}/later"):
        post.s3.write(EXPORTS, key, b"one")
        post.queue.send(message(key))
    post.take(most=2 * EACH)
    assert requests_to(post.s3, STUCK_TARGET) == asked
    assert post.s3.body(TARGET, f"{DATASET}/later") == b"one"
    post.s3.mend()
    post.s3.clock.advance(REST_SECONDS)
    post.work_off()
    assert post.dead_letters.messages == []
    assert {post.s3.body(STUCK_TARGET, key) for key in (*keys(STUCK), f"{STUCK}/later")} == {b"one"}


def test_a_target_that_refuses_what_it_is_asked_does_not_let_its_dataset_rest() -> None:
    """A refusal is quick, and may be of one key alone."""
    post = two_datasets()
    post.s3.fail("CopyObject", Fault.answer("AccessDenied", 403), bucket=STUCK_TARGET, key=f"{STUCK}/00", times=1_000)
    post.take(most=2 * EACH)
    assert [line["key"] for line in post.lines() if line["level"] == "ERROR"] == [f"{STUCK}/00"]
    assert {post.s3.body(STUCK_TARGET, key) for key in keys(STUCK)[1:]} == {b"one"}
    assert {post.s3.body(TARGET, key) for key in keys(DATASET)} == {b"one"}
