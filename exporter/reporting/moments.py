"""Times, and lengths of time, as JSON and people have them."""

import datetime

from provisioner.reporting.amounts import age


def moment(at: datetime.datetime | None) -> str | None:
    """A time as JSON has it: ISO 8601, in UTC, to the second."""
    return at.astimezone(datetime.UTC).isoformat(timespec="seconds") if at else None


def ago(at: datetime.datetime, now: datetime.datetime) -> str:
    """How long ago it was, such as `3 min ago`."""
    return f"{age(now - at)} ago"


def span(length: datetime.timedelta) -> str:
    """A length as a dataset file says it: in the largest unit that it is a whole number of."""
    minutes = int(length.total_seconds()) // 60
    for unit, count in (("day", 1_440), ("hour", 60)):
        if minutes and not minutes % count:
            return _counted(minutes // count, unit)
    return _counted(minutes, "minute")


def _counted(count: int, unit: str) -> str:
    return f"{count:,} {unit}{'s' * (count != 1)}"


def seconds(length: datetime.timedelta | None) -> int | None:
    """A length of time as JSON has it."""
    return None if length is None else int(length.total_seconds())
