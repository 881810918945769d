"""What becomes of a message that failed: tried again after a while, or a dead letter."""

from collections.abc import Callable

from .failure import DeliveryError

MOST_TRIES = 10
"""Of what may pass by itself; with the longest waits this is more than an hour and a half."""

MOST_TRIES_LASTING = 3
"""Of what a person must mend: a policy that was changed a moment ago may not be everywhere yet."""

LONGEST_WAIT = 900
"""Seconds. Waiting longer would not help AWS, and would keep the receiver waiting."""


def wait_before_retry(
    failure: DeliveryError, receives: int, first_wait: int, jitter: Callable[[], float]
) -> int | None:
    """Seconds until a message is tried again; None if it is a dead letter.

    The wait doubles with each try, and its second half is left to chance: messages that failed together are not tried
    together.

    Args:
        failure: why it was not delivered.
        receives: how often the message was received.
        first_wait: seconds.
        jitter: a number from 0 to 1, by chance.
    """
    if failure.hopeless or receives >= (MOST_TRIES_LASTING if failure.lasting else MOST_TRIES):
        return None
    half = min(LONGEST_WAIT, first_wait * 2.0 ** (receives - 1)) / 2
    return round(half + half * jitter())
