"""A batch of messages: each stands alone, and the log says what happened and nothing secret."""

import json
from typing import Any

import pytest

from provisioner.forwarder import log

from .setting import DATASET, EXPORTS, KEY, ROLE, TARGET, Post, grant, message, new_s3, raw_message, route
from .world import When


def test_a_batch_that_went_well_names_no_failures() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    assert Post(s3=s3).forward(message(KEY)) == []


def test_a_message_that_fails_is_the_only_one_named() -> None:
    s3 = new_s3()
    for name in ("1", "3"):
        s3.write(EXPORTS, f"{DATASET}/{name}", b"one")
    bodies = (message(f"{DATASET}/1"), message("unknown/2"), message(f"{DATASET}/3"))
    assert Post(s3=s3).forward(*bodies) == ["m2"]
    assert s3.body(TARGET, f"{DATASET}/1") == s3.body(TARGET, f"{DATASET}/3") == b"one"


def test_every_event_of_a_message_is_tried_and_one_failure_fails_the_message() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    assert Post(s3=s3).forward(message("unknown/file.csv", KEY)) == ["m1"]
    assert s3.body(TARGET, KEY) == b"one"


def test_an_unexpected_error_in_one_message_does_not_touch_the_next_and_its_text_is_not_logged() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    s3.write(EXPORTS, f"{DATASET}/2", b"two")

    def fail() -> None:
        raise ZeroDivisionError("SecretAccessKey")

    s3.at("CopyObject", When.BEFORE, fail)
    post = Post(s3=s3)
    assert post.forward(message(KEY), message(f"{DATASET}/2")) == ["m1"]
    first, second = post.lines()
    assert (first["outcome"], second["outcome"]) == ("error", "delivered")
    assert "unexpected ZeroDivisionError at test_handler.py:" in first["advice"]
    assert s3.body(EXPORTS, KEY) == b"one"
    assert "SecretAccessKey" not in json.dumps(post.log)


@pytest.mark.parametrize("key", ["unknown/file.csv", "file.csv", DATASET])
def test_a_key_with_no_route_fails_and_nothing_is_copied_or_deleted(key: str) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, key, b"one")
    post = Post(s3=s3)
    assert post.forward(message(key)) == ["m1"]
    assert post.log[0]["outcome"] == "no_route"
    assert "Add the dataset and redrive" in post.log[0]["advice"]
    assert s3.requests == []


def test_an_event_of_another_bucket_is_a_dead_letter_at_once() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    post = Post(s3=s3)
    assert post.forward(message(KEY, bucket=TARGET)) == []
    assert post.log[0]["outcome"] == "wrong_bucket"
    [dead] = post.dead_letters.messages
    assert (dead.body, dead.texts()["cause"]) == (message(KEY, bucket=TARGET), "wrong_bucket")
    assert s3.requests == []


def test_an_event_that_is_not_a_write_is_logged_and_done() -> None:
    s3 = new_s3()
    post = Post(s3=s3)
    assert post.forward(message(KEY, event="ObjectRemoved:DeleteMarkerCreated")) == []
    assert (post.log[0]["outcome"], post.log[0]["event"]) == ("ignored", "ObjectRemoved:DeleteMarkerCreated")
    assert s3.requests == []


def test_the_test_event_of_a_new_notification_succeeds() -> None:
    assert Post(s3=new_s3()).forward('{"Event": "s3:TestEvent"}') == []


@pytest.mark.parametrize("body", ["not json", raw_message(["alpha/%FF"])])
def test_a_body_that_is_no_notification_is_a_dead_letter_at_once_and_is_not_quoted(body: str) -> None:
    post = Post(s3=new_s3())
    assert post.forward(body) == []
    assert post.log[0]["outcome"] == "bad_message"
    [dead] = post.dead_letters.messages
    assert (dead.body, dead.texts()["cause"]) == (body, "bad_message")
    assert body not in json.dumps(post.log)


def test_two_datasets_with_one_target_keep_apart_by_their_prefixes() -> None:
    s3 = new_s3()
    grant(s3, "beta")
    for key in (KEY, "beta/file.csv"):
        s3.write(EXPORTS, key, key.encode())
    Post(s3=s3, routes=(route(), route(dataset="beta"))).forward(message(KEY, "beta/file.csv"))
    assert (s3.body(TARGET, KEY), s3.body(TARGET, "beta/file.csv")) == (KEY.encode(), b"beta/file.csv")


def test_each_dataset_is_delivered_as_its_own_role() -> None:
    s3 = new_s3()
    grant(s3, "beta")
    s3.write(EXPORTS, KEY, b"one")
    s3.write(EXPORTS, "beta/file.csv", b"one")
    Post(s3=s3, routes=(route(), route(dataset="beta"))).forward(message(KEY, "beta/file.csv"))
    beta = ROLE.replace(DATASET, "beta")
    assert {(request.key, request.role) for request in s3.requests if request.key} == {
        (KEY, ROLE),
        ("beta/file.csv", beta),
    }
    deletes = [request for request in s3.requests if request.operation == "DeleteObjects"]
    deleted = [(one.role, [entry["Key"] for entry in one.parameters["Delete"]["Objects"]]) for one in deletes]
    assert deleted == [(ROLE, [KEY]), (beta, ["beta/file.csv"])]


def test_the_log_of_a_delivery_says_what_where_how_big_how_long_and_how_verified() -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"one")
    line = Post(s3=s3).deliver()
    assert {name: value for name, value in line.items() if value is not None} == {
        "level": "INFO",
        "message_id": "m1",
        "key": KEY,
        "dataset": DATASET,
        "target": TARGET,
        "size": 3,
        "attempts": 1,
        "verified_by": "checksum",
        "seconds": 1.0,
        "outcome": "delivered",
    }


def test_the_log_never_holds_contents_metadata_or_tags(capsys: pytest.CaptureFixture[str]) -> None:
    s3 = new_s3()
    s3.write(EXPORTS, KEY, b"secret-body", metadata={"secret-name": "secret-value"}, tags={"secret-tag": "secret"})
    post = Post(s3=s3)
    post.deliver()
    s3.write(EXPORTS, KEY, b"secret-body", metadata={"secret-name": "secret-value"})
    s3.deny(ROLE, "s3:PutObject", TARGET)
    post.deliver()
    for line in post.log:
        log.write_line(line)
    out = capsys.readouterr().out
    assert "refused" in out
    assert "secret" not in out


def test_an_event_is_logged_as_one_line_of_json_whatever_the_key(capsys: pytest.CaptureFixture[str]) -> None:
    fields: dict[str, Any] = {"key": "alpha/line\nbreak \u2028 ж", "size": 0, "error_code": None}
    log.write_line(fields)
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 1
    assert json.loads(out) == {"key": "alpha/line\nbreak \u2028 ж", "size": 0}
