"""Time that passes only when a test says so."""

from datetime import UTC, datetime

START = 1_790_000_000.0
"""Where each clock begins, in epoch seconds: some moment in 2026, so that no time is near nought."""


class Clock:
    """Epoch seconds; called, it says what time it is."""

    def __init__(self, now: float = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def moment(seconds: float) -> datetime:
    """Epoch seconds as boto3 gives a time."""
    return datetime.fromtimestamp(seconds, UTC)
