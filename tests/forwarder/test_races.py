"""Overwrites, crashes and two forwarders at once: the newest write is never lost, and it is what the target holds."""

from collections.abc import Callable
from contextlib import suppress
from typing import Literal

import pytest

from .setting import EXPORTS, KEY, TARGET, Post, new_s3, route
from .world import FakeS3, ProcessDiedError, Request, When

GONE_ANSWERS: tuple[Literal[204, 403, 404, 412], ...] = (204, 403, 404, 412)
"""Every answer a conditional delete might give under a delete marker: the forwarder must not depend on which."""


def overwrite(s3: FakeS3, body: bytes) -> Callable[[], None]:
    def act() -> None:
        s3.write(EXPORTS, KEY, body)

    return act


def deliver(s3: FakeS3) -> Callable[[], None]:
    """Another forwarder delivers the key, whole."""

    def act() -> None:
        Post(s3=s3).deliver()

    return act


def die() -> None:
    raise ProcessDiedError


def newest_is_safe(s3: FakeS3, newest: bytes) -> bool:
    """Whether the bytes of the newest write are in the export bucket, or are what the target holds."""
    return newest in [version.body for version in s3.versions(EXPORTS, KEY)] or s3.body(TARGET, KEY) == newest


def all_is_delivered(s3: FakeS3, newest: bytes) -> bool:
    return s3.body(TARGET, KEY) == newest and s3.current(EXPORTS, KEY) is None


@pytest.mark.parametrize("operation", ["CopyObject", "HeadObject", "DeleteObject"])
@pytest.mark.parametrize("when", [When.BEFORE, When.DURING, When.AFTER])
@pytest.mark.parametrize("occurrence", [1, 2])
def test_an_overwrite_at_any_request_is_never_deleted_undelivered(operation: str, when: When, occurrence: int) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    s3.at(operation, when, overwrite(s3, b"two"), occurrence=occurrence)
    Post(s3=s3).deliver()
    s3.on_request = lambda _request, _when: None
    newest = s3.versions(EXPORTS, KEY)[-2 if s3.current(EXPORTS, KEY) is None else -1].body
    assert newest is not None
    if not s3.current(EXPORTS, KEY):
        assert s3.body(TARGET, KEY) == newest
    Post(s3=s3).deliver()
    assert all_is_delivered(s3, newest)


def test_an_overwrite_before_the_copy_is_what_is_delivered() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    s3.at("CopyObject", When.BEFORE, overwrite(s3, b"two"))
    line = Post(s3=s3).deliver()
    assert (line["outcome"], line["attempts"]) == ("delivered", 2)
    assert [version.body for version in s3.versions(TARGET, KEY)] == [b"two"]


def test_an_overwrite_between_the_copy_and_the_delete_is_delivered_too_before_anything_is_deleted() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    s3.at("DeleteObject", When.BEFORE, overwrite(s3, b"two"))
    line = Post(s3=s3).deliver()
    assert (line["outcome"], line["attempts"]) == ("delivered", 2)
    assert [version.body for version in s3.versions(TARGET, KEY)] == [b"one", b"two"]
    assert [version.body for version in s3.versions(EXPORTS, KEY)] == [b"one", b"two", None]


def test_a_key_that_never_stops_changing_goes_back_to_the_queue_undeleted() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"0")

    def write_again(request: Request, when: When) -> None:
        if request.operation == "DeleteObject" and when is When.BEFORE:
            s3.write(EXPORTS, KEY, str(request.number).encode())

    s3.on_request = write_again
    line = Post(s3=s3).deliver()
    assert (line["outcome"], line["attempts"]) == ("unsettled", 5)
    assert s3.current(EXPORTS, KEY) is not None


def test_a_kept_file_overwritten_during_the_copy_is_copied_again() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    s3.at("CopyObject", When.DURING, overwrite(s3, b"two"))
    line = Post(s3=s3, routes=(route(keep_files=True),)).deliver()
    assert (line["outcome"], line["attempts"]) == ("kept", 2)
    assert s3.body(TARGET, KEY) == s3.body(EXPORTS, KEY) == b"two"


def slow_forwarder_meets_a_fast_one(s3: FakeS3) -> Callable[[], None]:
    """While a copy of the old version is under way, a new one is written, delivered and deleted."""

    def act() -> None:
        s3.on_request = lambda _request, _when: None
        s3.write(EXPORTS, KEY, b"two")
        Post(s3=s3).deliver()

    return act


@pytest.mark.parametrize("answer", GONE_ANSWERS)
def test_a_slow_copy_that_lands_on_a_newer_delivery_is_put_right(answer: Literal[204, 403, 404, 412]) -> None:
    s3 = new_s3()
    s3.gone_delete_status = answer
    s3.write(EXPORTS, KEY, b"one")
    s3.at("CopyObject", When.DURING, slow_forwarder_meets_a_fast_one(s3))
    line = Post(s3=s3).deliver()
    assert line["outcome"] == "delivered"
    assert [version.body for version in s3.versions(TARGET, KEY)] == [b"two", b"one", b"two"]
    assert all_is_delivered(s3, b"two")


def test_a_slow_copy_is_put_right_even_if_the_receiver_has_already_taken_it_away() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    slow = slow_forwarder_meets_a_fast_one(s3)

    def act() -> None:
        slow()
        s3.at("DeleteObject", When.BEFORE, lambda: s3.forget(TARGET, KEY))

    s3.at("CopyObject", When.DURING, act)
    Post(s3=s3).deliver()
    assert all_is_delivered(s3, b"two")


def test_a_slow_repair_that_lands_on_a_still_newer_delivery_is_put_right_too() -> None:
    s3 = new_s3()
    s3.write(TARGET, KEY, b"one")
    s3.write(EXPORTS, KEY, b"two")
    s3.mark_deleted(EXPORTS, KEY)

    def act() -> None:
        s3.on_request = lambda _request, _when: None
        s3.write(EXPORTS, KEY, b"three")
        Post(s3=s3).deliver()

    s3.at("CopyObject", When.DURING, act)
    Post(s3=s3).deliver()
    assert [version.body for version in s3.versions(TARGET, KEY)] == [b"one", b"three", b"two", b"three"]


@pytest.mark.parametrize("checksums", [True, False])
def test_a_slow_forwarder_that_dies_with_its_copy_landed_leaves_the_next_delivery_to_put_it_right(
    checksums: bool,
) -> None:
    s3 = new_s3()
    kind: Literal["FULL_OBJECT", "COMPOSITE"] = "FULL_OBJECT" if checksums else "COMPOSITE"
    s3.write(EXPORTS, KEY, b"one", checksum_type=kind)

    def act() -> None:
        s3.on_request = lambda _request, _when: None
        s3.write(EXPORTS, KEY, b"two", checksum_type=kind)
        Post(s3=s3).deliver()
        s3.at("CopyObject", When.AFTER, die)

    s3.at("CopyObject", When.DURING, act)
    with pytest.raises(ProcessDiedError):
        Post(s3=s3).deliver()
    assert s3.body(TARGET, KEY) == b"one"
    s3.on_request = lambda _request, _when: None
    Post(s3=s3).deliver()
    assert all_is_delivered(s3, b"two")


def test_a_fast_forwarder_verifies_what_is_there_and_not_what_it_sent() -> None:
    """The other end of the race: the old version lands between the new one's copy and its verification."""
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"two")

    def act() -> None:
        s3.write(TARGET, KEY, b"one")

    s3.at("CopyObject", When.AFTER, act)
    post = Post(s3=s3)
    assert post.deliver()["outcome"] == "not_verified"
    assert s3.body(EXPORTS, KEY) == b"two"
    assert post.deliver()["outcome"] == "delivered"


@pytest.mark.parametrize("keep_files", [False, True])
@pytest.mark.parametrize("operation", ["HeadObject", "CopyObject", "DeleteObject"])
@pytest.mark.parametrize("when", [When.BEFORE, When.DURING, When.AFTER])
def test_another_forwarder_that_delivers_the_same_write_at_any_moment_does_no_harm(
    operation: str, when: When, keep_files: bool
) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    s3.at(operation, when, deliver(s3))
    Post(s3=s3, routes=(route(keep_files=keep_files),)).deliver()
    assert newest_is_safe(s3, b"one")
    s3.on_request = lambda _request, _when: None
    Post(s3=s3).deliver()
    assert all_is_delivered(s3, b"one")


@pytest.mark.parametrize("number", range(1, 12))
@pytest.mark.parametrize("when", [When.BEFORE, When.DURING, When.AFTER])
@pytest.mark.parametrize("overwritten", [False, True])
def test_a_crash_at_any_request_loses_nothing_and_the_redelivery_finishes(
    number: int, when: When, overwritten: bool
) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    newest = b"one"

    def act(request: Request, moment: When) -> None:
        nonlocal newest
        if overwritten and request.number == 2 and moment is When.DURING:
            newest = b"two"
            s3.write(EXPORTS, KEY, newest)
        if (request.number, moment) == (number, when):
            raise ProcessDiedError

    s3.on_request = act
    with suppress(ProcessDiedError):
        Post(s3=s3).deliver()
    assert newest_is_safe(s3, newest)
    if s3.current(EXPORTS, KEY) is None:
        assert s3.body(TARGET, KEY) == newest
    s3.on_request = lambda _request, _when: None
    Post(s3=s3).deliver()
    assert all_is_delivered(s3, newest)


def test_events_that_come_twice_and_in_the_wrong_order_deliver_the_newest_write() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    s3.write(EXPORTS, KEY, b"two")
    post = Post(s3=s3)
    assert [post.deliver()["outcome"] for _ in range(3)] == ["delivered", "already_delivered", "already_delivered"]
    assert [version.body for version in s3.versions(TARGET, KEY)] == [b"two"]
