"""Times and spans as JSON and people have them."""

import datetime

from provisioner.reporting.amounts import age


def moment(at: datetime.datetime | None) -> str | None:
    """A time as JSON has it: ISO 8601, in UTC, to the second."""
    return at.astimezone(datetime.UTC).isoformat(timespec="seconds") if at else None


def ago(at: datetime.datetime, now: datetime.datetime) -> str:
    """How long ago it was, such as `3 min ago`."""
    return f"{age(now - at)} ago"


def seconds(span: datetime.timedelta | None) -> int | None:
    """A span as JSON has it."""
    return None if span is None else int(span.total_seconds())
