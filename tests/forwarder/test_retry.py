"""What becomes of a message that failed: a wait that grows, or the dead-letter queue."""

import pytest

from provisioner.forwarder.failure import AwsError, DeliveryError, ForeignMessageError, NoRouteError, RequestError
from provisioner.forwarder.retry import LONGEST_WAIT, MOST_TRIES, MOST_TRIES_LASTING, wait_before_retry


def refused(code: str, status: int) -> RequestError:
    return RequestError(
        AwsError(operation="CopyObject", resource="target", code=code, status=status, request_id=None, message=None)
    )


PASSING = (
    refused("SlowDown", 503),
    refused("InternalError", 500),
    refused("ReadTimeoutError", 0),
    DeliveryError("unsettled", "…"),
    DeliveryError("not_verified", "…"),
    DeliveryError("error", "…"),
)
LASTING = (
    refused("AccessDenied", 403),
    refused("403", 403),
    refused("NoSuchBucket", 404),
    refused("KMS.DisabledException", 400),
    NoRouteError("no_route", "…"),
)


@pytest.mark.parametrize("failure", PASSING, ids=str)
def test_what_may_pass_is_tried_ten_times(failure: DeliveryError) -> None:
    waits = [wait_before_retry(failure, receives, 30, lambda: 1.0) for receives in range(1, MOST_TRIES + 1)]
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900, 900, None]


@pytest.mark.parametrize("failure", LASTING, ids=str)
def test_what_a_person_must_mend_is_tried_three_times(failure: DeliveryError) -> None:
    waits = [wait_before_retry(failure, receives, 30, lambda: 1.0) for receives in range(1, MOST_TRIES_LASTING + 1)]
    assert waits == [30, 60, None]


def test_what_failed_together_is_not_tried_together() -> None:
    waits = [wait_before_retry(PASSING[0], 3, 30, lambda chance=chance: chance) for chance in (0.0, 0.5, 1.0)]  # type: ignore[misc]
    assert waits == [60, 90, 120]


def test_a_message_that_can_never_be_delivered_is_a_dead_letter_at_once() -> None:
    for outcome in ("bad_message", "wrong_bucket"):
        assert wait_before_retry(ForeignMessageError(outcome, "…"), 1, 30, lambda: 1.0) is None


def test_a_count_beyond_every_try_is_a_dead_letter_and_the_longest_wait_is_never_exceeded() -> None:
    assert wait_before_retry(PASSING[0], 1_000, 900, lambda: 1.0) is None
    assert wait_before_retry(PASSING[0], 9, 900, lambda: 1.0) == LONGEST_WAIT
