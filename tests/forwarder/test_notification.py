"""What S3 says in a message: keys decoded as S3 encodes them, anything else refused."""

import json
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.forwarder.announcement import Reason, announce, announce_sweep
from provisioner.forwarder.notification import NotANotificationError, ObjectEvent, SweepTurn, read_notification

from .setting import message, raw_message

BUCKET = "mojap-hub-exports"


def events(body: str) -> list[ObjectEvent]:
    said = read_notification(body)
    assert isinstance(said, list)
    return said


@pytest.mark.parametrize(
    ("encoded", "key"),
    [
        ("alpha/file.csv", "alpha/file.csv"),
        ("alpha/a+b.csv", "alpha/a b.csv"),
        ("alpha/a%2Bb.csv", "alpha/a+b.csv"),
        ("alpha/a+b%2Bc", "alpha/a b+c"),
        ("alpha/a%252Bb.csv", "alpha/a%2Bb.csv"),
        ("alpha/100%25.csv", "alpha/100%.csv"),
        ("alpha/%D0%B6-%F0%9F%99%82.csv", "alpha/ж-🙂.csv"),
        ("alpha/folder/", "alpha/folder/"),
        ("alpha/a%2Fb", "alpha/a/b"),
        ("alpha/" + "%D0%B6" * 509, "alpha/" + "ж" * 509),
    ],
)
def test_a_key_is_decoded_once_with_plus_for_a_space(encoded: str, key: str) -> None:
    [event] = events(raw_message([encoded]))
    assert event == ObjectEvent(name="ObjectCreated:Put", bucket=BUCKET, key=key)


@given(st.text(min_size=1).filter(lambda key: not any("\ud800" <= letter <= "\udfff" for letter in key)))
def test_any_key_comes_back_as_it_was_written(key: str) -> None:
    for body in (raw_message([quote_plus(key)]), announce(BUCKET, key, Reason.HANDED_ON)):
        [event] = events(body)
        assert (event.bucket, event.key, event.is_write) == (BUCKET, key, True)


def test_a_message_may_carry_several_events_and_they_keep_their_order() -> None:
    assert [event.key for event in events(message("alpha/2", "alpha/1"))] == ["alpha/2", "alpha/1"]


def test_a_sweep_has_its_turn_from_the_start_or_from_where_it_stopped() -> None:
    assert read_notification('{"sweep": {}}') == SweepTurn()
    stopped = announce_sweep(1_790_000_000.5, "alpha/ж")
    assert read_notification(stopped) == SweepTurn(before=1_790_000_000.5, after="alpha/ж")


def test_the_test_event_of_a_new_notification_has_no_events() -> None:
    body = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET, "RequestId": "r", "HostId": "h"}
    assert read_notification(json.dumps(body)) == []


@pytest.mark.parametrize(
    ("name", "is_write"),
    [
        ("ObjectCreated:Put", True),
        ("ObjectCreated:Copy", True),
        ("ObjectCreated:CompleteMultipartUpload", True),
        ("ObjectRemoved:DeleteMarkerCreated", False),
        ("LifecycleExpiration:Delete", False),
    ],
)
def test_only_events_of_created_objects_are_writes(name: str, is_write: bool) -> None:
    [event] = events(message("alpha/file.csv", event=name))
    assert event.is_write is is_write


@pytest.mark.parametrize(
    "body",
    [
        "",
        '{"sweep": null}',
        '{"sweep": {"before": "yesterday"}}',
        '{"sweep": {"after": 3}}',
        "not json",
        "null",
        "[]",
        "7",
        "{}",
        '{"Records": null}',
        '{"Records": [null]}',
        '{"Records": [{}]}',
        '{"Records": [{"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "b"}, "object": {"key": ""}}}]}',
        '{"Records": [{"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "b"}, "object": {"key": 7}}}]}',
        '{"Records": [{"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": 7}, "object": {"key": "k"}}}]}',
        '{"Records": [{"eventName": null, "s3": {"bucket": {"name": "b"}, "object": {"key": "k"}}}]}',
        raw_message(["alpha/%FF"]),
        "[" * 100_000,
    ],
)
def test_anything_else_is_refused(body: str) -> None:
    with pytest.raises(NotANotificationError, match="not a notification from S3"):
        read_notification(body)
