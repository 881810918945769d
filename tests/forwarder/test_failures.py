"""Each failure, from the first try to the dead letter and the redrive: nothing is lost, and it is said what to do."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from provisioner.forwarder.clients import DeliveryClients
from provisioner.forwarder.forwarder import Forwarder
from provisioner.forwarder.journal import TROUBLES, key_id
from provisioner.forwarder.retry import MOST_TRIES, MOST_TRIES_LASTING
from provisioner.forwarder.routes import Route

from .setting import (
    DATASET,
    EXPORTS,
    JOURNAL,
    KEY,
    ROLE,
    TARGET,
    TARGET_ACCOUNT,
    Post,
    grant,
    message,
    new_s3,
    route,
)
from .world import Content, Fault
from .world.sts import FakeSts, sts_client

KMS_KEY = f"arn:aws:kms:eu-west-2:{TARGET_ACCOUNT}:key/1234"
STRANGER = "999988887777"
WAITS = (30, 60, 120, 240, 480, 900, 900, 900, 900)
"""Seconds, where chance always takes the longest."""
FOR_GOOD = 1_000
"""Requests that a fault is ordered for: until it is mended."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One thing that goes wrong, how it is mended, and what is said of it."""

    name: str
    begin: Callable[[Post], None]
    mend: Callable[[Post], None] = lambda post: post.s3.mend()
    route: Route = field(default_factory=route)
    tries: int
    cause: str = "refused"
    code: str | None = None
    operation: str | None = "CopyObject"
    resource: str | None = TARGET
    advice: str
    """Words of the sentence that says what to do."""


def denied(action: str, bucket: str = TARGET) -> Callable[[Post], None]:
    return lambda post: post.s3.deny(ROLE, action, bucket)


def may_again(post: Post) -> None:
    grant(post.s3)


def bucket_gone(post: Post) -> None:
    del post.s3.buckets[TARGET]


def bucket_made(post: Post) -> None:
    post.s3.create_bucket(TARGET, owner=TARGET_ACCOUNT)


def owned_by(account: str) -> Callable[[Post], None]:
    def act(post: Post) -> None:
        post.s3.buckets[TARGET].owner = account

    return act


def role_refused(post: Post) -> None:
    sts = FakeSts(refuses=True)
    clients = DeliveryClients(
        sts=sts_client(sts), connect=lambda given: post.s3.client(given["AccessKeyId"]), now=lambda: sts.now
    )
    post.make = lambda **given: Forwarder(**given | {"client_for": clients.for_route})


def role_trusted(post: Post) -> None:
    post.make = Forwarder


def carries(other: bytes | None) -> Callable[[Post], None]:
    def act(post: Post) -> None:
        post.s3.carry = lambda content: content if other is None else Content.of(other)

    return act


def passing(name: str, fault: Fault, code: str, advice: str) -> Failure:
    """What may pass by itself."""
    return Failure(
        name=name,
        begin=lambda post: post.s3.fail("CopyObject", fault, times=FOR_GOOD),
        tries=MOST_TRIES,
        code=code,
        advice=advice,
    )


def unusable_key(name: str, fault: Fault, code: str, advice: str) -> Failure:
    """What the owner of the target's key must mend."""
    return Failure(
        name=name,
        begin=lambda post: post.s3.fail("CopyObject", fault, times=FOR_GOOD),
        route=route(kms_key_arn=KMS_KEY),
        tries=MOST_TRIES_LASTING,
        code=code,
        advice=advice,
    )


TRIED_AGAIN = "it is tried again; if it ends in the dead-letter queue, mend the cause and redrive it"
PUT_POLICY = f"the policy of bucket {TARGET} must allow s3:PutObject and s3:PutObjectTagging on "

FAILURES = (
    *(
        Failure(
            name=f"the target does not allow {action}",
            begin=denied(action),
            mend=may_again,
            tries=3,
            code="AccessDenied",
            advice=f"{PUT_POLICY}arn:aws:s3:::{TARGET}/{DATASET}/* to {ROLE}; `provisioner explain {DATASET}`",
        )
        for action in ("s3:PutObject", "s3:PutObjectTagging")
    ),
    Failure(
        name="the target bucket is missing",
        begin=bucket_gone,
        mend=bucket_made,
        tries=3,
        code="NoSuchBucket",
        advice=f"create the bucket {TARGET}, or correct the dataset's file",
    ),
    Failure(
        name="the target bucket is another account's",
        begin=owned_by(STRANGER),
        mend=owned_by(TARGET_ACCOUNT),
        route=route(bucket_account=TARGET_ACCOUNT),
        tries=3,
        code="AccessDenied",
        advice=f"the bucket must belong to account {TARGET_ACCOUNT}",
    ),
    unusable_key(
        "KMS denies the key", Fault.kms_denied(KMS_KEY), "AccessDenied", f"the policy of {KMS_KEY} must let it use"
    ),
    unusable_key(
        "the key is disabled",
        Fault.kms_disabled(KMS_KEY),
        "KMS.DisabledException",
        f"KMS does not use {KMS_KEY}: its owner must enable the key",
    ),
    Failure(
        name="the delivery role cannot be assumed",
        begin=role_refused,
        mend=role_trusted,
        tries=3,
        code="AccessDenied",
        operation="AssumeRole",
        resource=ROLE,
        advice=f"the trust policy of {ROLE} must allow the forwarder's own role; run `pulumi up`",
    ),
    Failure(
        name="the source may not be read",
        begin=denied("s3:GetObject", EXPORTS),
        mend=may_again,
        tries=3,
        code="403",
        operation="HeadObject",
        resource=EXPORTS,
        advice=f"{ROLE} must be allowed its own prefix {DATASET}/ there; run `pulumi up`",
    ),
    Failure(
        name="the source may not be deleted",
        begin=denied("s3:DeleteObject", EXPORTS),
        mend=may_again,
        tries=3,
        code="AccessDenied",
        operation="DeleteObjects",
        resource=EXPORTS,
        advice=f"{ROLE} must be allowed its own prefix {DATASET}/ there; run `pulumi up`",
    ),
    passing("throttled", Fault.slow_down(), "SlowDown", "AWS asks for fewer requests; it is tried again later"),
    passing("S3 has trouble", Fault.internal_error(), "InternalError", TRIED_AGAIN),
    passing("an error inside a 200", Fault.inside_200(), "InternalError", TRIED_AGAIN),
    passing("an error inside a 200, yet copied", Fault.inside_200(happened=True), "InternalError", TRIED_AGAIN),
    passing("no answer", Fault.read_timeout(), "ReadTimeoutError", TRIED_AGAIN),
    passing("no answer, yet copied", Fault.read_timeout(happened=True), "ReadTimeoutError", TRIED_AGAIN),
    passing("no connection in time", Fault.connect_timeout(), "ConnectTimeoutError", TRIED_AGAIN),
    passing("unreachable", Fault.unreachable(), "EndpointConnectionError", TRIED_AGAIN),
    Failure(
        name="what arrives is not what was sent",
        begin=carries(b"two"),
        mend=carries(None),
        tries=10,
        cause="not_verified",
        operation=None,
        resource=None,
        advice="look for another writer of that key in the target bucket",
    ),
)


@dataclass(kw_only=True)
class Story:
    """What happened to one message, try by try, until it was a dead letter."""

    failure: Failure
    post: Post
    waits: list[int] = field(default_factory=list)
    troubles: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)

    def trouble(self) -> dict[str, Any] | None:
        """What the journal says of the key."""
        note = self.post.s3.body(JOURNAL, f"{TROUBLES}/{DATASET}/{key_id(KEY)}")
        return json.loads(note) if note else None


@pytest.fixture(params=FAILURES, ids=lambda failure: failure.name)
def story(request: pytest.FixtureRequest) -> Story:
    failure: Failure = request.param
    post = Post(s3=new_s3(), routes=(failure.route,))
    post.s3.write(EXPORTS, KEY, b"one")
    failure.begin(post)
    post.queue.send(message(KEY))
    told = Story(failure=failure, post=post)
    for _ in range(failure.tries + 1):
        post.take()
        told.lines += post.lines()[len(told.lines) :]
        trouble = told.trouble()
        assert trouble is not None
        told.troubles.append(trouble)
        if not post.queue.messages:
            break
        [waiting] = post.queue.messages
        told.waits.append(round(waiting.visible_from - post.s3.clock()))
        post.s3.clock.advance(told.waits[-1])
    return told


def test_it_is_tried_again_with_waits_that_double_until_it_is_a_dead_letter(story: Story) -> None:
    assert story.waits == [*WAITS[: story.failure.tries - 1]]
    assert (story.post.queue.messages, len(story.post.dead_letters.messages)) == ([], 1)


def test_nothing_is_deleted_and_no_marker_is_put(story: Story) -> None:
    assert [version.body for version in story.post.s3.versions(EXPORTS, KEY)] == [b"one"]


def test_the_dead_letter_is_the_message_as_it_was_and_says_why_and_what_to_do(story: Story) -> None:
    [dead] = story.post.dead_letters.messages
    failure, texts = story.failure, dead.texts()
    assert dead.body == message(KEY)
    assert failure.advice in texts.pop("advice")
    assert texts.pop("first") == str(int(story.troubles[0]["since"]))
    expected = {
        "cause": failure.cause,
        "dataset": DATASET,
        "key": KEY,
        "code": failure.code,
        "operation": failure.operation,
        "resource": failure.resource,
        "tries": str(failure.tries),
    }
    assert texts == {name: value for name, value in expected.items() if value}


def test_the_journal_says_how_it_stands_after_each_try(story: Story) -> None:
    failure = story.failure
    states = [(trouble["state"], trouble["tries"]) for trouble in story.troubles]
    assert states == [*(("retrying", tries) for tries in range(1, failure.tries)), ("dead", failure.tries)]
    begun = story.troubles[0]["since"]
    assert story.troubles[0]["next"] == begun + WAITS[0]
    assert story.troubles[-1]["next"] is None
    for trouble in story.troubles:
        assert (trouble["key"], trouble["since"], trouble["cause"]) == (KEY, begun, failure.cause)
        assert (trouble["code"], trouble["operation"]) == (failure.code, failure.operation)
        assert (trouble["resource"], failure.advice in trouble["advice"]) == (failure.resource, True)


def test_the_metrics_count_each_failed_try_and_the_dead_letter(story: Story) -> None:
    counted = story.post.metrics()
    assert (counted["Failed"], counted["DeadLettered"]) == (story.failure.tries, 1)
    assert "Delivered" not in counted


def test_the_log_says_at_each_try_which_dataset_and_what_to_do(story: Story) -> None:
    failure = story.failure
    for number, line in enumerate(story.lines, 1):
        assert (line["level"], line["dataset"], line["key"]) == ("ERROR", DATASET, KEY)
        assert (line["outcome"], line.get("error_code")) == (failure.cause, failure.code)
        assert (line["receives"] or 1, failure.advice in line["advice"]) == (number, True)
    assert [line["next_try_seconds"] for line in story.lines] == [*story.waits, None]


def test_redriven_once_it_is_mended_it_is_delivered_and_the_next_sweep_forgets_it(story: Story) -> None:
    post, queue = story.post, story.post.queue
    story.failure.mend(post)
    [dead] = post.dead_letters.messages
    post.s3.clock.advance(3_600)
    queue.send(dead.body)
    post.take()
    assert (post.s3.body(TARGET, KEY), post.s3.current(EXPORTS, KEY)) == (b"one", None)
    assert queue.messages == []
    post.s3.clock.advance(3_600)
    queue.send('{"sweep": {}}')
    post.take()
    assert story.trouble() is None


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.name)
def test_mended_after_the_first_try_it_is_delivered_at_the_second_and_its_trouble_forgotten(failure: Failure) -> None:
    post = Post(s3=new_s3(), routes=(failure.route,))
    post.s3.write(EXPORTS, KEY, b"one")
    failure.begin(post)
    post.queue.send(message(KEY))
    post.take()
    failure.mend(post)
    post.s3.clock.advance(WAITS[0])
    post.take()
    assert (post.s3.body(TARGET, KEY), post.s3.current(EXPORTS, KEY)) == (b"one", None)
    assert (post.queue.messages, post.dead_letters.messages) == ([], [])
    assert Story(failure=failure, post=post).trouble() is None
