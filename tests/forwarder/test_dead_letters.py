"""Messages of no dataset, and a queue, a journal or a function that fails: nothing is lost, and no other one waits."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from provisioner.forwarder.retry import LONGEST_WAIT

from .setting import DATASET, EXPORTS, FORWARDER, JOURNAL, KEY, TARGET, VISIBILITY, Post, message, new_s3, route
from .world import Fault, ProcessDiedError, Request, When


def test_a_key_of_no_dataset_is_tried_three_times_for_the_dataset_may_be_new() -> None:
    post = Post(s3=new_s3())
    post.s3.write(EXPORTS, "unknown/file.csv", b"one")
    post.queue.send(message("unknown/file.csv"))
    post.work_off()
    [dead] = post.dead_letters.messages
    assert (dead.body, dead.texts()["cause"], dead.texts()["tries"]) == (message("unknown/file.csv"), "no_route", "3")
    assert "Add the dataset and redrive, or delete the object" in dead.texts()["advice"]
    assert [line["outcome"] for line in post.lines()] == ["no_route"] * 3
    assert post.s3.body(EXPORTS, "unknown/file.csv") == b"one"
    assert post.s3.requests == []


def test_once_the_dataset_is_there_its_dead_letter_is_delivered() -> None:
    post = Post(s3=new_s3(), routes=())
    post.s3.write(EXPORTS, KEY, b"one")
    post.queue.send(message(KEY))
    post.work_off()
    post.routes = (route(),)
    post.queue.send(post.dead_letters.messages[0].body)
    post.work_off()
    assert post.s3.body(TARGET, KEY) == b"one"


@pytest.mark.parametrize("body", ["", "\x7bnot json", "[" * 100_000, message(KEY, bucket=TARGET)])
def test_a_poisoned_message_is_a_dead_letter_at_its_first_receive_and_the_rest_of_its_batch_is_delivered(
    body: str,
) -> None:
    post = Post(s3=new_s3())
    post.s3.write(EXPORTS, KEY, b"one")
    for each in (body, message(KEY)):
        post.queue.send(each)
    post.take()
    [dead] = post.dead_letters.messages
    assert (dead.body, dead.texts()["tries"], post.queue.messages) == (body, "1", [])
    assert dead.texts()["cause"] in ("bad_message", "wrong_bucket")
    assert post.s3.body(TARGET, KEY) == b"one"


# What the forwarder itself depends on.


def refuse(operation: str, _parameters: object) -> None:
    answer: Any = {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    raise ClientError(answer, operation)


def die_after_copy(request: Request, when: When) -> None:
    if (request.operation, when) == ("CopyObject", When.AFTER):
        raise ProcessDiedError


def test_a_message_that_cannot_be_buried_stays_in_the_queue_until_it_can() -> None:
    post = Post(s3=new_s3())
    post.dead_letters.on_request = refuse
    post.queue.send("poison")
    post.take()
    [stays] = post.queue.messages
    assert round(stays.visible_from - post.s3.clock()) == LONGEST_WAIT
    assert (post.lines()[-1]["operation"], post.lines()[-1]["resource"]) == ("SendMessage", post.dead_letters.url)
    post.dead_letters.on_request = lambda _operation, _parameters: None
    post.work_off()
    assert [dead.body for dead in post.dead_letters.messages] == ["poison"]


def test_a_wait_that_cannot_be_set_is_the_visibility_timeout() -> None:
    post = Post(s3=new_s3())
    post.s3.write(EXPORTS, KEY, b"one")
    post.s3.fail("CopyObject", Fault.slow_down())
    post.queue.on_request = refuse
    post.queue.send(message(KEY))
    post.take()
    [stays] = post.queue.messages
    assert stays.visible_from - post.s3.clock() == VISIBILITY
    post.work_off()
    assert post.s3.body(TARGET, KEY) == b"one"


@pytest.mark.parametrize("action", ["s3:PutObject", "s3:DeleteObject"])
def test_a_journal_that_cannot_be_written_changes_no_delivery_and_is_complained_of(action: str) -> None:
    post = Post(s3=new_s3())
    post.s3.write(EXPORTS, KEY, b"one")
    post.s3.deny(FORWARDER, action, JOURNAL)
    post.s3.fail("CopyObject", Fault.slow_down())
    post.queue.send(message(KEY))
    post.work_off()
    assert (post.s3.body(TARGET, KEY), post.s3.current(EXPORTS, KEY)) == (b"one", None)
    assert post.dead_letters.messages == []
    [complaint] = [line for line in post.lines() if line.get("resource") == JOURNAL]
    assert (complaint["level"], complaint["dataset"], complaint["error_code"]) == ("WARNING", DATASET, "AccessDenied")


def test_a_message_at_which_the_function_dies_again_and_again_is_buried_by_the_queue_itself_and_loses_nothing() -> None:
    post = Post(s3=new_s3())
    post.s3.write(EXPORTS, KEY, b"one")
    post.s3.on_request = die_after_copy
    post.queue.send(message(KEY))
    while post.queue.messages:
        batch = post.queue.receive()
        if batch["Records"]:
            with pytest.raises(ProcessDiedError):
                post.forwarder().handle(batch)
            post.queue.finish(batch, None)
        post.s3.clock.advance(VISIBILITY)
    [dead] = post.dead_letters.messages
    assert (dead.body, dead.texts()) == (message(KEY), {})
    assert [version.body for version in post.s3.versions(EXPORTS, KEY)] == [b"one"]
    post.s3.on_request = lambda _request, _when: None
    post.queue.send(dead.body)
    post.take()
    assert (post.s3.body(TARGET, KEY), post.s3.current(EXPORTS, KEY)) == (b"one", None)
