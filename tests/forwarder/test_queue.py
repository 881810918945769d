"""The edge to SQS: messages come back after a while, go out slowly, and are buried as they are."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from provisioner.forwarder.failure import RequestError
from provisioner.forwarder.message import Message
from provisioner.forwarder.queue import MAX_BATCH, MAX_DELAY, Queue
from provisioner.forwarder.sweep import ANNOUNCED_PER_SECOND, MOST_ANNOUNCED

from .setting import KEY, VISIBILITY, message, new_queue, new_s3
from .world import FakeQueue


def queue_of(fake: FakeQueue) -> Queue:
    assert fake.dead_letters is not None
    return Queue(client=fake.client(), url=fake.url, dead_letters_url=fake.dead_letters.url)


def received(fake: FakeQueue, bodies: list[str]) -> list[Message]:
    """Messages in flight, as Lambda hands them over."""
    for body in bodies:
        fake.send(body)
    return [Message.from_record(record) for record in fake.receive(len(bodies))["Records"]]


def refuse(operation: str, _parameters: object) -> None:
    answer: Any = {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    raise ClientError(answer, operation)


def test_each_message_comes_again_after_its_own_wait_and_ten_of_them_take_one_request() -> None:
    fake = new_queue(new_s3())
    some = received(fake, [str(number) for number in range(2 * MAX_BATCH + 1)])
    queue_of(fake).put_back({one.receipt_handle: number for number, one in enumerate(some)})
    assert [one.visible_from - fake.clock() for one in fake.messages] == [*range(2 * MAX_BATCH + 1)]
    assert fake.requests == ["ChangeMessageVisibilityBatch"] * 3


def test_where_one_message_cannot_be_put_back_the_others_are() -> None:
    fake = new_queue(new_s3())
    first, second = received(fake, ["1", "2"])
    fake.delete(first.receipt_handle)
    queue_of(fake).put_back({first.receipt_handle: 30, second.receipt_handle: 60})
    assert [one.visible_from - fake.clock() for one in fake.messages] == [60]


def test_where_sqs_refuses_ten_messages_the_next_ten_are_put_back_and_none_is_lost() -> None:
    fake = new_queue(new_s3())
    some = received(fake, [str(number) for number in range(MAX_BATCH + 1)])

    def refuse_once(operation: str, _parameters: object) -> None:
        fake.on_request = lambda _operation, _parameters: None
        refuse(operation, _parameters)

    fake.on_request = refuse_once
    queue_of(fake).put_back({one.receipt_handle: 30 for one in some})
    assert [one.visible_from - fake.clock() for one in fake.messages] == [VISIBILITY] * MAX_BATCH + [30]


def test_nothing_to_put_back_asks_nothing() -> None:
    fake = new_queue(new_s3())
    queue_of(fake).put_back({})
    assert fake.requests == []


def test_what_is_sent_slowly_arrives_in_its_order_and_no_more_than_so_many_a_second() -> None:
    fake = new_queue(new_s3())
    per_second, bodies = 2.0, [str(number) for number in range(1_000)]
    assert queue_of(fake).send_slowly(bodies, per_second) == len(bodies)
    assert [one.body for one in fake.messages] == bodies
    delays = [round(one.visible_from - fake.clock()) for one in fake.messages]
    assert (delays, delays[0], delays[-1]) == (sorted(delays), 0, 495)
    for start in range(0, 500, 10):
        assert len([delay for delay in delays if start <= delay < start + 10]) <= 10 * per_second


def test_nothing_is_sent_slower_than_sqs_can_hold_it_and_no_sweep_needs_that() -> None:
    assert MOST_ANNOUNCED / ANNOUNCED_PER_SECOND < MAX_DELAY
    fake = new_queue(new_s3())
    assert queue_of(fake).send_slowly([str(number) for number in range(100)], 0.01) == 100
    assert max(one.visible_from - fake.clock() for one in fake.messages) == MAX_DELAY


def test_what_sqs_refuses_to_take_is_a_failure_that_names_the_queue() -> None:
    fake = new_queue(new_s3())
    fake.on_request = refuse
    with pytest.raises(RequestError, match=r"SendMessage on https://sqs.* failed with AccessDenied"):
        queue_of(fake).send_slowly(["body"], 1.0)
    with pytest.raises(RequestError, match=r"SendMessage on https://sqs.* failed with AccessDenied"):
        queue_of(fake).send("body")


def test_a_dead_letter_is_the_body_unchanged_with_its_cause_beside_it() -> None:
    fake = new_queue(new_s3())
    [one] = received(fake, [message(KEY)])
    queue_of(fake).bury(one, {"cause": "refused", "tries": "3", "code": ""})
    assert fake.dead_letters is not None
    [dead] = fake.dead_letters.messages
    assert (dead.body, dead.texts()) == (message(KEY), {"cause": "refused", "tries": "3"})


@pytest.mark.parametrize(
    ("letter", "told"),
    [
        *((letter, "\ufffd") for letter in ("\x00", "\x01", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff")),
        *((letter, letter) for letter in ("\t", "\n", "\r", " ", "é", "\ufffd", "🙂")),
    ],
)
def test_a_key_may_hold_what_sqs_takes_in_no_message_and_its_letter_is_buried_all_the_same(
    letter: str, told: str
) -> None:
    """What SQS takes: Amazon SQS API Reference, SendMessage."""
    fake = new_queue(new_s3())
    [one] = received(fake, [message(f"alpha/{letter}")])
    queue_of(fake).bury(one, {"cause": "refused", "key": f"alpha/{letter}"})
    assert fake.dead_letters is not None
    [dead] = fake.dead_letters.messages
    assert (dead.body, dead.texts()["key"]) == (message(f"alpha/{letter}"), f"alpha/{told}")


def test_a_letter_that_cannot_be_buried_is_a_failure_that_names_the_queue() -> None:
    fake = new_queue(new_s3())
    assert fake.dead_letters is not None
    fake.dead_letters.on_request = refuse
    [one] = received(fake, ["poison"])
    with pytest.raises(RequestError, match=r"SendMessage on .*dead-letters failed with AccessDenied"):
        queue_of(fake).bury(one, {"cause": "bad_message"})
