"""When an export runs: the five fields of cron, as EventBridge Scheduler, people and the calendar say them."""

import datetime
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from provisioner.reading.printable import listed

_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
"""By cron's number, from 0. EventBridge counts from 1, so a weekday is only ever sent to it by its name."""
_MONTH_WORDS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAY_WORDS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_LONGEST_MONTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MANY_TIMES: Final = 4
"""Times of a day above which words say the hours and minutes, and not each time."""


class ScheduleError(ValueError):
    """A schedule that cannot be: `str` says what is wrong with it, `instead` what to write."""

    def __init__(self, wrong: str, instead: str) -> None:
        """With what to say of it."""
        super().__init__(wrong)
        self.instead = instead


class _Field(NamedTuple):
    """One of the five fields, and what it may hold."""

    words: str
    least: int
    most: int
    names: tuple[str, ...] = ()
    """What its values may be called, from the least on."""


_FIELDS: Final = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    # 7 is Sunday again.
    _Field("day of the week", 0, 7, _WEEKDAYS),
)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The minutes at which something runs; each field holds what it allows, sorted."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...] | None
    """Of the month; None for all. Of `days` and `weekdays` one is None: EventBridge cannot say both."""
    months: tuple[int, ...]
    weekdays: tuple[int, ...] | None
    """By cron's number: 0 is Sunday."""

    @property
    def eventbridge(self) -> str:
        """The expression of EventBridge Scheduler.

        EventBridge Scheduler User Guide, "Cron-based schedules": minutes, hours, day of the month, month, day of the
        week, year; one of the two days is `?`. Steps are written out: their meaning in a range is not documented.
        """
        fields = (
            _ranges(self.minutes, _FIELDS[0]),
            _ranges(self.hours, _FIELDS[1]),
            "?" if self.weekdays is not None else "*" if self.days is None else _ranges(self.days, _FIELDS[2]),
            _ranges(self.months, _FIELDS[3]),
            "?" if self.weekdays is None else ",".join(_WEEKDAYS[day] for day in self.weekdays),
            "*",
        )
        return f"cron({' '.join(fields)})"

    def words(self, timezone: str) -> str:
        """When it runs, as people say it: `every day at 05:00 Europe/London`."""
        when = " ".join(filter(None, (self._days(), self._times(timezone))))
        return f"{when} in {listed([_MONTH_WORDS[month - 1] for month in self.months])}" if self._some_months else when

    def runs(self, timezone: str, after: datetime.datetime) -> Iterator[datetime.datetime]:
        """The times at which it runs, after a moment, each in the time zone; no end.

        As EventBridge Scheduler does it (User Guide, "Daylight savings time on EventBridge Scheduler"): a time that
        the clocks skip is skipped, and one that they show twice comes once.

        Args:
            timezone: an IANA name.
            after: a moment with a time zone.
        """
        zone = ZoneInfo(timezone)
        day = after.astimezone(zone).date()
        while True:
            for hour, minute in itertools.product(self.hours, self.minutes) if self._has(day) else ():
                run = datetime.datetime.combine(day, datetime.time(hour, minute), zone)
                there = run.astimezone(datetime.UTC)
                if there > after and there.astimezone(zone).replace(tzinfo=None) == run.replace(tzinfo=None):
                    yield run
            day += datetime.timedelta(days=1)

    def _has(self, day: datetime.date) -> bool:
        weekday = day.isoweekday() % 7
        return (
            day.month in self.months
            and (self.days is None or day.day in self.days)
            and (self.weekdays is None or weekday in self.weekdays)
        )

    @property
    def _some_months(self) -> bool:
        return len(self.months) < len(_MONTHS)

    def _days(self) -> str:
        if self.days is not None:
            of = "" if self._some_months else " of every month"
            return f"on {'day' if len(self.days) == 1 else 'the days'} {listed(list(map(str, self.days)))}{of}"
        if self.weekdays is None:
            return "" if len(self.hours) == _size(_FIELDS[1]) else "every day"
        if self.weekdays == (1, 2, 3, 4, 5):
            return "from Monday to Friday"
        # The week begins on Monday.
        return f"every {listed([_WEEKDAY_WORDS[day] for day in sorted(self.weekdays, key=lambda day: (day - 1) % 7)])}"

    def _times(self, timezone: str) -> str:
        if len(self.hours) * len(self.minutes) <= _MANY_TIMES:
            times = [f"{hour:02}:{minute:02}" for hour, minute in itertools.product(self.hours, self.minutes)]
            return f"at {listed(times)} {timezone}"
        minutes = _minutes(self.minutes)
        if len(self.hours) == _size(_FIELDS[1]):
            return f"{minutes}{'' if minutes.startswith('every') else ' of every hour'}, {timezone}"
        return f"{minutes} of the hours {_ranges(self.hours, _FIELDS[1], ', ')}, {timezone}"


def parse_schedule(text: str) -> Schedule:
    """The schedule that the five fields of cron say: minute, hour, day of the month, month, day of the week.

    Raises:
        ScheduleError: they mean nothing, never come, or are more than EventBridge Scheduler can say.
    """
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise ScheduleError(
            f"a schedule has {len(_FIELDS)} fields, this has {len(fields)}",
            "write minute, hour, day of the month, month and day of the week, such as '0 5 * * *'",
        )
    minutes, hours, days, months, weekdays = map(_values, fields, _FIELDS)
    if "*" not in (fields[2], fields[4]):
        raise ScheduleError(
            "it has days of the month and days of the week, and AWS can say one of them",
            "write '*' for one of the two; what must run on both is two datasets",
        )
    if fields[4] == "*" and all(min(days) > _LONGEST_MONTHS[month - 1] for month in months):
        raise ScheduleError(f"no such month has a day {min(days)}: it would never run", "write a day that comes")
    return Schedule(
        minutes=minutes,
        hours=hours,
        days=None if fields[2] == "*" else days,
        months=months,
        weekdays=None if fields[4] == "*" else tuple(sorted({day % 7 for day in weekdays})),
    )


def _values(text: str, field: _Field) -> tuple[int, ...]:
    """Every value of a field, sorted."""
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        if span == "*":
            least, most = field.least, field.least + _size(field) - 1
        else:
            least = _value(first, text, field)
            # `5/10` is from 5 on; a single value is itself.
            most = _value(last, text, field) if dash else field.most if slash else least
        if slash and (not step.isdecimal() or not step.isascii() or not 1 <= int(step) <= field.most):
            raise ScheduleError(
                f"'{text}' is no {field.words}: a step is a number from 1 to {field.most}",
                f"write '*/N' for every N-th {field.words}",
            )
        if least > most:
            raise ScheduleError(
                f"'{text}' is no {field.words}: '{span}' goes backwards", "write the smaller one first, or two ranges"
            )
        found.update(range(least, most + 1, int(step) if slash else 1))
    return tuple(sorted(found))


def _value(text: str, whole: str, field: _Field) -> int:
    if text.upper() in field.names:
        return field.least + field.names.index(text.upper())
    if text.isdecimal() and text.isascii() and field.least <= int(text) <= field.most:
        return int(text)
    names = f" or a name such as {field.names[1]}" if field.names else ""
    raise ScheduleError(
        f"'{whole}' is no {field.words}", f"write '*', or numbers from {field.least} to {field.most}{names}"
    )


def _size(field: _Field) -> int:
    """How many values a field has; of the week, Sunday counts once."""
    return len(field.names) or field.most - field.least + 1


def _ranges(values: Sequence[int], field: _Field, comma: str = ",") -> str:
    """Values as cron lists them, neighbours as a range."""
    if len(values) == _size(field):
        return "*"
    return comma.join(f"{first}" if first == last else f"{first}-{last}" for first, last in _neighbours(values))


def _neighbours(values: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of each run of values that follow one another."""
    for _, group in itertools.groupby(enumerate(values), key=lambda pair: pair[1] - pair[0]):
        run = [value for _, value in group]
        yield run[0], run[-1]


def _minutes(minutes: Sequence[int]) -> str:
    """The minutes of an hour, as people say them."""
    hour = _size(_FIELDS[0])
    if len(minutes) == hour:
        return "every minute"
    if minutes[0] == 0 and hour % len(minutes) == 0 and tuple(minutes) == tuple(range(0, hour, hour // len(minutes))):
        return "every hour" if len(minutes) == 1 else f"every {hour // len(minutes)} minutes"
    return f"at {'minute' if len(minutes) == 1 else 'the minutes'} {listed(list(map(str, minutes)))}"
