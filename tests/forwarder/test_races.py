"""Overwrites, crashes and two forwarders at once: the newest write is never lost, and it is what the target holds."""

from collections.abc import Callable
from contextlib import suppress
from typing import Literal

import pytest
from botocore.exceptions import ClientError

from .setting import EXPORTS, KEY, TARGET, Post, new_s3, route
from .world import FakeS3, Fault, ProcessDiedError, Request, When

ChecksumType = Literal["FULL_OBJECT", "COMPOSITE"]
GoneAnswer = Literal[204, 403, 404, 412]

CHECKSUM_TYPES: tuple[ChecksumType, ...] = ("FULL_OBJECT", "COMPOSITE")
GONE_ANSWERS: tuple[GoneAnswer, ...] = (204, 403, 404, 412)
"""Every answer a conditional delete might give under a delete marker: the forwarder must not depend on which."""


def overwrite(s3: FakeS3, body: bytes) -> Callable[[], None]:
    def act() -> None:
        s3.write(EXPORTS, KEY, body)

    return act


REQUESTS = ("HeadObject", "CopyObject", "HeadObject", "DeleteObjects")
"""Of one attempt, where no checksum of the whole verifies the copy without a look at it."""


OVERWRITTEN = (2, When.DURING)
"""The moment at which a copy is of what has just been replaced."""


def moments(attempts: int = 1) -> list[tuple[int, When]]:
    """Every moment of every request, by its number: between any two of them the world may change."""
    return [
        (number, when)
        for number, operation in enumerate(REQUESTS * attempts, 1)
        for when in (When.BEFORE, *((When.DURING,) if operation == "CopyObject" else ()), When.AFTER)
    ]


def act_at(s3: FakeS3, number: int, when: When, action: Callable[[], object]) -> None:
    """Run an action once, at a moment of the request of this number."""

    def act(request: Request, moment: When) -> None:
        if (request.number, moment) == (number, when):
            s3.on_request = lambda _request, _when: None
            action()

    s3.on_request = act


def die() -> None:
    raise ProcessDiedError


def newest_is_safe(s3: FakeS3, newest: bytes) -> bool:
    """Whether the bytes of the newest write are in the export bucket, or are what the target holds."""
    return newest in [version.body for version in s3.versions(EXPORTS, KEY)] or s3.body(TARGET, KEY) == newest


def all_is_delivered(s3: FakeS3, newest: bytes) -> bool:
    return s3.body(TARGET, KEY) == newest and s3.current(EXPORTS, KEY) is None


@pytest.mark.parametrize(("number", "when"), moments())
def test_an_overwrite_at_any_moment_is_never_deleted_undelivered(number: int, when: When) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one", checksum_type="COMPOSITE")
    act_at(s3, number, when, overwrite(s3, b"two"))
    Post(s3=s3).deliver()
    assert s3.body(EXPORTS, KEY) == b"two" or s3.body(TARGET, KEY) == b"two"
    Post(s3=s3).deliver()
    assert all_is_delivered(s3, b"two")


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
    s3.at("DeleteObjects", When.BEFORE, overwrite(s3, b"two"))
    line = Post(s3=s3).deliver()
    assert (line["outcome"], line["attempts"]) == ("delivered", 2)
    assert [version.body for version in s3.versions(TARGET, KEY)] == [b"one", b"two"]
    assert [version.body for version in s3.versions(EXPORTS, KEY)] == [b"one", b"two", None]


def test_a_key_that_never_stops_changing_goes_back_to_the_queue_undeleted() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"0")

    def write_again(request: Request, when: When) -> None:
        if request.operation == "DeleteObjects" and when is When.BEFORE:
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


def a_newer_write_is_delivered(
    s3: FakeS3, newer: bytes, checksum_type: ChecksumType = "FULL_OBJECT", *, taken_away: bool = False
) -> Callable[[], None]:
    """A newer write comes, is delivered by another forwarder, and the receiver may have taken it away already."""

    def act() -> None:
        s3.on_request = lambda _request, _when: None
        s3.write(EXPORTS, KEY, newer, checksum_type=checksum_type)
        Post(s3=s3).deliver()
        if taken_away:
            s3.forget(TARGET, KEY)

    return act


@pytest.mark.parametrize("old", [None, b"zero"])
def test_a_slow_copy_never_lands_on_a_newer_delivery(old: bytes | None) -> None:
    s3 = new_s3()
    if old:
        s3.write(TARGET, KEY, old)
    s3.write(EXPORTS, KEY, b"one")
    s3.at("CopyObject", When.DURING, a_newer_write_is_delivered(s3, b"two"), occurrence=2 if old else 1)
    line = Post(s3=s3).deliver()
    assert line["outcome"] == "already_delivered"
    assert [version.body for version in s3.versions(TARGET, KEY)] == [*filter(None, [old]), b"two"]
    assert all_is_delivered(s3, b"two")


def test_a_slow_copy_never_lands_on_a_newer_delivery_not_even_after_its_forwarder_has_gone() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    s3.fail("CopyObject", Fault.lands_later())
    assert Post(s3=s3).deliver()["error_code"] == "ReadTimeoutError"
    s3.write(EXPORTS, KEY, b"two")
    assert Post(s3=s3).deliver()["outcome"] == "delivered"
    with suppress(ClientError):  # nobody hears what S3 answers
        s3.release()
    assert [version.body for version in s3.versions(TARGET, KEY)] == [b"two"]


@pytest.mark.parametrize("answer", GONE_ANSWERS)
@pytest.mark.parametrize("checksum_type", CHECKSUM_TYPES)
def test_a_slow_copy_is_put_right_where_the_receiver_has_taken_the_newer_one_away(
    answer: GoneAnswer, checksum_type: ChecksumType
) -> None:
    s3 = new_s3()
    s3.gone_delete_status = answer
    s3.write(EXPORTS, KEY, b"one", checksum_type=checksum_type)
    s3.at("CopyObject", When.DURING, a_newer_write_is_delivered(s3, b"two", checksum_type, taken_away=True))
    line = Post(s3=s3).deliver()
    assert (line["outcome"], line["attempts"]) == ("delivered", 3)
    assert [version.body for version in s3.versions(TARGET, KEY)] == [b"one", b"two"]
    assert all_is_delivered(s3, b"two")


def test_a_slow_repair_never_lands_on_a_still_newer_delivery() -> None:
    s3 = new_s3()
    s3.write(TARGET, KEY, b"one")
    s3.write(EXPORTS, KEY, b"two")
    s3.mark_deleted(EXPORTS, KEY)
    s3.at("CopyObject", When.DURING, a_newer_write_is_delivered(s3, b"three"))
    Post(s3=s3).deliver()
    assert [version.body for version in s3.versions(TARGET, KEY)] == [b"one", b"three"]
    assert all_is_delivered(s3, b"three")


@pytest.mark.parametrize("checksum_type", CHECKSUM_TYPES)
def test_a_slow_forwarder_that_dies_with_its_copy_landed_leaves_the_next_delivery_to_put_it_right(
    checksum_type: ChecksumType,
) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one", checksum_type=checksum_type)
    newer = a_newer_write_is_delivered(s3, b"two", checksum_type, taken_away=True)

    def act() -> None:
        newer()
        s3.at("CopyObject", When.AFTER, die)

    s3.at("CopyObject", When.DURING, act)
    with pytest.raises(ProcessDiedError):
        Post(s3=s3).deliver()
    assert s3.body(TARGET, KEY) == b"one"
    s3.on_request = lambda _request, _when: None
    Post(s3=s3).deliver()
    assert all_is_delivered(s3, b"two")


def test_a_forwarder_verifies_what_is_there_and_not_what_it_sent() -> None:
    """Where S3 tells no checksum of the whole, a look at the target must see that very copy."""
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"two", checksum_type="COMPOSITE")

    def act() -> None:
        s3.write(TARGET, KEY, b"one")

    s3.at("CopyObject", When.AFTER, act)
    line = Post(s3=s3).deliver()
    assert (line["outcome"], line["attempts"]) == ("delivered", 2)
    assert [version.body for version in s3.versions(TARGET, KEY)] == [b"two", b"one", b"two"]
    assert all_is_delivered(s3, b"two")


@pytest.mark.parametrize(("number", "when"), moments())
def test_another_forwarder_that_delivers_the_same_write_at_any_moment_does_no_harm(number: int, when: When) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one", checksum_type="COMPOSITE")
    act_at(s3, number, when, lambda: Post(s3=s3).deliver())
    Post(s3=s3).deliver()
    assert all_is_delivered(s3, b"one")


@pytest.mark.parametrize(("number", "when"), moments())
def test_a_crash_at_any_moment_loses_nothing_and_the_redelivery_finishes(number: int, when: When) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one", checksum_type="COMPOSITE")
    act_at(s3, number, when, die)
    with pytest.raises(ProcessDiedError):
        Post(s3=s3).deliver()
    assert newest_is_safe(s3, b"one")
    Post(s3=s3).deliver()
    assert all_is_delivered(s3, b"one")


@pytest.mark.parametrize(("number", "when"), moments(attempts=2)[moments().index(OVERWRITTEN) + 1 :])
def test_a_crash_at_any_moment_after_an_overwrite_loses_nothing_and_the_redelivery_finishes(
    number: int, when: When
) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one", checksum_type="COMPOSITE")

    def act() -> None:
        s3.write(EXPORTS, KEY, b"two", checksum_type="COMPOSITE")
        act_at(s3, number, when, die)

    act_at(s3, *OVERWRITTEN, act)
    with pytest.raises(ProcessDiedError):
        Post(s3=s3).deliver()
    assert newest_is_safe(s3, b"two")
    if s3.current(EXPORTS, KEY) is None:
        assert s3.body(TARGET, KEY) == b"two"
    Post(s3=s3).deliver()
    assert all_is_delivered(s3, b"two")


def test_events_that_come_twice_and_in_the_wrong_order_deliver_the_newest_write() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    s3.write(EXPORTS, KEY, b"two")
    post = Post(s3=s3)
    assert [post.deliver()["outcome"] for _ in range(3)] == ["delivered", "already_delivered", "already_delivered"]
    assert [version.body for version in s3.versions(TARGET, KEY)] == [b"two"]


def test_a_repair_replaces_only_what_lay_there_before_its_version_was_chosen() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one", checksum_type="COMPOSITE")
    Post(s3=s3).deliver()

    def deliver_a_newer_one() -> None:
        s3.on_request = lambda _request, _when: None
        s3.write(EXPORTS, KEY, b"two", checksum_type="COMPOSITE")
        Post(s3=s3).deliver()

    s3.at("ListObjectVersions", When.AFTER, deliver_a_newer_one)
    Post(s3=s3).deliver()  # the second event of the first write: nothing proves that its copy is whole
    bodies = [version.body or b"" for version in s3.versions(TARGET, KEY)]
    assert bodies == sorted(bodies, key=lambda body: body == b"two")
    assert all_is_delivered(s3, b"two")
