"""A batch: each key once, all that is small at once and before what is large, and each message for itself."""

import json
import threading
from collections.abc import Callable

import pytest

from provisioner.forwarder.forwarder import MARGIN
from provisioner.forwarder.journal import TROUBLES, key_id
from provisioner.forwarder.transfer import MAX_DELETED_AT_ONCE

from .setting import DATASET, EXPORTS, JOURNAL, KEY, ROLE, TARGET, THRESHOLD, Post, message, new_s3
from .world import FakeS3, Fault, Request, When

OTHER = f"{DATASET}/other.csv"


def write(s3: FakeS3, *keys: str) -> None:
    for key in keys:
        s3.write(EXPORTS, key, key.encode())


def overwrite(s3: FakeS3, key: str) -> Callable[[], None]:
    def act() -> None:
        s3.write(EXPORTS, key, b"newer")

    return act


def deleted_together(s3: FakeS3) -> list[list[str]]:
    """The keys of each DeleteObjects request."""
    requests = [request for request in s3.requests if request.operation == "DeleteObjects"]
    return [[entry["Key"] for entry in request.parameters["Delete"]["Objects"]] for request in requests]


def test_a_key_that_several_messages_announce_is_delivered_once_and_answers_all_of_them() -> None:
    s3 = new_s3()
    write(s3, KEY)
    post = Post(s3=s3)
    assert post.forward(message(KEY), message(KEY, event="ObjectCreated:Copy"), message(KEY, KEY)) == []
    assert s3.operations() == ["HeadObject", "CopyObject", "DeleteObjects"]
    assert [(line["message_id"], line["outcome"]) for line in post.lines()] == [
        ("m1", "delivered"),
        ("m2", "delivered"),
        ("m3", "delivered"),
    ]
    assert (post.metrics()["Delivered"], post.metrics()["Bytes"]) == (1, len(KEY))


def test_a_key_that_fails_fails_all_its_messages_and_each_has_its_own_tries() -> None:
    post = Post(s3=new_s3())
    write(post.s3, KEY)
    post.s3.deny(ROLE, "s3:PutObject", TARGET)
    post.queue.send(message(KEY))
    post.take()
    post.s3.clock.advance(30)
    post.take()
    post.queue.send(message(KEY))
    post.s3.clock.advance(60)
    post.take()
    [dead], [waiting] = post.dead_letters.messages, post.queue.messages
    assert (dead.texts()["tries"], waiting.received) == ("3", 1)
    assert waiting.visible_from - post.s3.clock() == 30
    assert post.metrics()["Failed"] == 3


def test_every_event_of_a_message_is_tried_and_what_has_been_delivered_is_not_copied_again() -> None:
    post = Post(s3=new_s3())
    write(post.s3, KEY, OTHER)
    post.s3.fail("CopyObject", Fault.internal_error(), key=KEY)
    post.queue.send(message(KEY, OTHER))
    post.take()
    assert (post.s3.body(TARGET, KEY), post.s3.body(TARGET, OTHER)) == (None, OTHER.encode())
    assert [line["outcome"] for line in post.lines()] == ["refused", "delivered"]
    post.work_off()
    assert post.s3.body(TARGET, KEY) == KEY.encode()
    assert [line["outcome"] for line in post.lines()][2:] == ["delivered", "already_delivered"]
    assert len(post.s3.versions(TARGET, OTHER)) == 1


def test_all_that_is_small_is_delivered_and_settled_before_the_first_part_of_what_is_large() -> None:
    post = Post(s3=new_s3())
    large = f"{DATASET}/large.csv"
    post.s3.write(EXPORTS, large, b"large", size=3 * THRESHOLD)
    write(post.s3, KEY, OTHER)
    post.s3.fail("CopyObject", Fault.internal_error(), key=OTHER)
    for key in (large, KEY, OTHER):
        post.queue.send(message(key))

    seen: list[object] = []

    def look() -> None:
        [failed] = [one for one in post.queue.messages if OTHER in one.body]
        seen.extend((post.s3.body(TARGET, KEY), post.s3.current(EXPORTS, KEY), failed.visible_from - post.s3.clock()))

    post.s3.at("CreateMultipartUpload", When.BEFORE, look)
    post.take()
    assert seen == [KEY.encode(), None, 30]
    assert post.s3.operations().count("UploadPartCopy") == 3
    assert post.s3.body(TARGET, large) == b"large"
    [left] = post.queue.messages
    assert left.body == message(OTHER)


def test_a_large_object_that_fails_holds_back_none_of_the_small_ones() -> None:
    post = Post(s3=new_s3())
    large = f"{DATASET}/large.csv"
    post.s3.write(EXPORTS, large, b"large", size=3 * THRESHOLD)
    write(post.s3, KEY)
    post.s3.fail("UploadPartCopy", Fault.internal_error())
    assert post.forward(message(large), message(KEY)) == ["m1"]
    assert (post.s3.body(TARGET, KEY), post.s3.body(TARGET, large)) == (KEY.encode(), None)
    assert post.s3.body(EXPORTS, large) == b"large"


def test_the_sweep_has_its_turn_after_everything_else() -> None:
    post = Post(s3=new_s3())
    write(post.s3, KEY)
    assert post.forward('{"sweep": {}}', message(KEY)) == []
    assert post.s3.operations().index("DeleteObjects") < post.s3.operations().index("ListObjectsV2")


# Deleting many at once.


def test_more_than_a_thousand_keys_are_deleted_a_thousand_at_a_time() -> None:
    post = Post(s3=new_s3())
    keys = [f"{DATASET}/{number:04}" for number in range(MAX_DELETED_AT_ONCE + 100)]
    write(post.s3, *keys)
    assert post.forward(*(message(*keys[start : start + 100]) for start in range(0, len(keys), 100))) == []
    assert [len(some) for some in deleted_together(post.s3)] == [MAX_DELETED_AT_ONCE, 100]
    assert not [key for key in keys if post.s3.current(EXPORTS, key) or post.s3.body(TARGET, key) != key.encode()]


@pytest.mark.parametrize("letter", ["\x01", "\r", "\x7f", "\x85", "\ufffe"])
def test_a_key_that_xml_cannot_hold_is_deleted_by_itself_and_as_carefully(letter: str) -> None:
    post = Post(s3=new_s3())
    odd = f"{DATASET}/a{letter}b"
    write(post.s3, KEY, odd)
    source = post.s3.current(EXPORTS, odd)
    assert source is not None
    assert post.forward(message(KEY, odd)) == []
    assert deleted_together(post.s3) == [[KEY]]
    [delete] = [request for request in post.s3.requests if request.operation == "DeleteObject"]
    assert (delete.key, delete.parameters["IfMatch"], "VersionId" in delete.parameters) == (odd, source.etag, False)
    assert (post.s3.body(TARGET, odd), post.s3.current(EXPORTS, odd)) == (odd.encode(), None)


def test_a_key_that_xml_cannot_hold_and_that_changed_is_delivered_again_and_not_deleted_unseen() -> None:
    post = Post(s3=new_s3())
    odd = f"{DATASET}/a\x01b"
    write(post.s3, odd)
    post.s3.at("DeleteObject", When.BEFORE, overwrite(post.s3, odd))
    assert post.forward(message(odd)) == []
    assert (post.s3.body(TARGET, odd), post.s3.current(EXPORTS, odd)) == (b"newer", None)


def test_every_delete_names_what_was_copied_and_no_version() -> None:
    post = Post(s3=new_s3())
    write(post.s3, KEY, OTHER)
    etags = {key: version.etag for key in (KEY, OTHER) if (version := post.s3.current(EXPORTS, key))}
    post.forward(message(KEY, OTHER))
    [delete] = [request for request in post.s3.requests if request.operation == "DeleteObjects"]
    assert delete.parameters["Delete"]["Objects"] == [{"Key": key, "ETag": etags[key]} for key in (KEY, OTHER)]


def test_one_key_that_changed_is_delivered_again_and_the_others_are_deleted() -> None:
    post = Post(s3=new_s3())
    write(post.s3, KEY, OTHER)
    post.s3.at("DeleteObjects", When.BEFORE, overwrite(post.s3, KEY))
    assert post.forward(message(KEY), message(OTHER)) == []
    assert (post.s3.body(TARGET, KEY), post.s3.body(TARGET, OTHER)) == (b"newer", OTHER.encode())
    assert [(line["key"], line["attempts"]) for line in post.lines()] == [(KEY, 2), (OTHER, 1)]
    assert deleted_together(post.s3) == [[KEY, OTHER], [KEY]]


@pytest.mark.parametrize("happened", [False, True])
def test_deletes_that_s3_does_not_answer_for_fail_their_messages_and_lose_nothing(happened: bool) -> None:
    post = Post(s3=new_s3())
    write(post.s3, KEY, OTHER)
    post.s3.fail("DeleteObjects", Fault.internal_error(happened=happened))
    for key in (KEY, OTHER):
        post.queue.send(message(key))
    post.take()
    assert [line["operation"] for line in post.lines()] == ["DeleteObjects"] * 2
    assert len(post.queue.messages) == 2
    post.work_off()
    for key in (KEY, OTHER):
        assert (post.s3.body(TARGET, key), post.s3.current(EXPORTS, key)) == (key.encode(), None)


# Time, and many at once.


def test_a_run_that_nears_its_end_begins_nothing_more_and_gives_the_rest_back() -> None:
    post = Post(s3=new_s3())
    keys = [f"{DATASET}/{number}" for number in range(5)]
    write(post.s3, *keys)
    left = iter([900.0, 900.0, *[MARGIN] * 3])
    post.remaining = lambda: next(left)
    for key in keys:
        post.queue.send(message(key))
    post.take()
    assert [bool(post.s3.body(TARGET, key)) for key in keys] == [True, True, False, False, False]
    assert len(post.queue.messages) == 3
    assert [line["outcome"] for line in post.lines()] == ["delivered"] * 2 + ["unsettled"] * 3
    post.remaining = lambda: 900.0
    post.work_off()
    assert {post.s3.body(TARGET, key) for key in keys} == {key.encode() for key in keys}


def test_a_batch_has_no_more_requests_under_way_than_it_may_and_delivers_all_the_same() -> None:
    post = Post(s3=new_s3(), concurrency=4)
    keys = [f"{DATASET}/{number}" for number in range(200)]
    write(post.s3, *keys)
    lock, under_way, most = threading.Lock(), 0, 0
    together = threading.Barrier(4)

    def count(request: Request, when: When) -> None:
        nonlocal under_way, most
        if when is When.DURING:
            return
        with lock:
            under_way += 1 if when is When.BEFORE else -1
            most = max(most, under_way)
        if request.number <= 4 and when is When.BEFORE:
            together.wait(10)  # breaks if they are fewer

    post.s3.on_request = count
    assert post.forward(*(message(*keys[start : start + 10]) for start in range(0, 200, 10))) == []
    assert most == 4
    assert {post.s3.body(TARGET, key) for key in keys} == {key.encode() for key in keys}
    assert sum(map(len, deleted_together(post.s3))) == 200


def test_a_delivery_forgets_the_trouble_of_which_another_message_of_the_key_was_told() -> None:
    post = Post(s3=new_s3())
    write(post.s3, KEY)
    post.s3.fail("CopyObject", Fault.internal_error())
    post.queue.send(message(KEY))
    post.take()
    noted = post.s3.body(JOURNAL, f"{TROUBLES}/{DATASET}/{key_id(KEY)}")
    assert noted is not None
    assert json.loads(noted)["state"] == "retrying"
    post.queue.send(message(KEY))
    post.work_off()
    assert post.s3.body(JOURNAL, f"{TROUBLES}/{DATASET}/{key_id(KEY)}") is None
