"""Dead letters, and what they are counted by."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provisioner.operations.cause import CRASH, Cause, Failed, by_cause
from provisioner.operations.letter import letter_of
from tests.operations.stage import DENIED, body_of

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
REFUSED = Cause(outcome="refused", code="AccessDenied")


def failed(key: str | None, minutes: int = 0, cause: Cause = REFUSED) -> Failed:
    return Failed(key=key, cause=cause, since=NOW - timedelta(minutes=minutes), tries=3)


def message(body: str, **held: str) -> Any:
    attributes = {name: {"DataType": "String", "StringValue": text} for name, text in held.items()}
    sent = str(int(NOW.timestamp() * 1000))
    return {"MessageId": "m", "Body": body, "MessageAttributes": attributes, "Attributes": {"SentTimestamp": sent}}


def test_a_key_counts_once_and_by_what_was_said_first() -> None:
    (held,) = by_cause([failed("visits/a"), failed("visits/a", cause=CRASH), failed("visits/b")])
    assert (held.cause, held.count) == (REFUSED, 2)


def test_messages_without_a_key_each_count() -> None:
    (held,) = by_cause([failed(None), failed(None)])
    assert held.count == 2


def test_the_cause_of_the_most_comes_first_and_has_the_time_of_its_oldest() -> None:
    crashed, refused = failed("visits/a", 90, CRASH), [failed("visits/b", 5), failed("visits/c", 30)]
    assert [(one.cause, one.count, one.oldest) for one in by_cause([crashed, *refused])] == [
        (REFUSED, 2, NOW - timedelta(minutes=30)),
        (CRASH, 1, NOW - timedelta(minutes=90)),
    ]


def test_a_letter_says_what_the_forwarder_wrote_beside_it() -> None:
    first = str(int(NOW.timestamp()) - 60)
    letter = letter_of(message("{}", **DENIED, dataset="visits", key="visits/a b", tries="3", first=first))
    assert letter.dataset == "visits"
    assert letter.failed == Failed(
        key="visits/a b",
        cause=Cause(
            outcome="refused",
            code="AccessDenied",
            operation="CopyObject",
            resource="target-bucket",
            advice="let export_visits put objects into target-bucket",
        ),
        since=NOW - timedelta(minutes=1),
        tries=3,
    )


def test_what_sqs_moved_itself_is_a_crash_of_the_file_that_its_body_names() -> None:
    letter = letter_of(message(body_of("visits/a+b%2Bc")))
    assert (letter.dataset, letter.failed.key, letter.failed.cause) == ("visits", "visits/a b+c", CRASH)
    assert letter.failed.since == NOW


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no JSON",
        "[]",
        "null",
        '{"sweep": {}}',
        '{"Records": []}',
        '{"Records": [{"s3": {"object": {"key": 7}}}]}',
        "[" * 100_000,
        json.dumps({"Records": {"0": 1}}),
    ],
    ids=lambda body: body[:20],
)
def test_a_body_that_is_anything_else_names_no_dataset(body: str) -> None:
    letter = letter_of(message(body))
    assert (letter.dataset, letter.failed.key) == (None, None)


def test_a_key_without_a_folder_names_no_dataset() -> None:
    assert letter_of(message(body_of("visits"))).dataset is None


def test_numbers_that_are_none_are_left_alone() -> None:
    letter = letter_of(message(body_of("visits/a"), cause="error", first="²", tries="many"))
    assert (letter.failed.since, letter.failed.tries) == (NOW, 0)
