"""What five fields of cron mean: to AWS, to people, and on the days when clocks change."""

import datetime
import itertools
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st

from provisioner.exports.schedule import ScheduleError, parse_schedule

LONDON: Final = "Europe/London"


@pytest.mark.parametrize(
    ("cron", "eventbridge", "words"),
    [
        ("0 5 * * *", "cron(0 5 * * ? *)", "every day at 05:00 Europe/London"),
        ("0 5,17 * * *", "cron(0 5,17 * * ? *)", "every day at 05:00 and 17:00 Europe/London"),
        ("*/15 * * * *", "cron(0,15,30,45 * * * ? *)", "every 15 minutes, Europe/London"),
        ("0 * * * *", "cron(0 * * * ? *)", "every hour, Europe/London"),
        ("* * * * *", "cron(* * * * ? *)", "every minute, Europe/London"),
        ("5,50 * * * *", "cron(5,50 * * * ? *)", "at the minutes 5 and 50 of every hour, Europe/London"),
        (
            "30 8-18 * * 1-5",
            "cron(30 8-18 ? * MON,TUE,WED,THU,FRI *)",
            "from Monday to Friday at minute 30 of the hours 8-18, Europe/London",
        ),
        ("0 5 * * 0,3", "cron(0 5 ? * SUN,WED *)", "every Wednesday and Sunday at 05:00 Europe/London"),
        ("0 5 * * 7", "cron(0 5 ? * SUN *)", "every Sunday at 05:00 Europe/London"),
        ("0 5 * * sat-7", "cron(0 5 ? * SUN,SAT *)", "every Saturday and Sunday at 05:00 Europe/London"),
        ("0 5 1 * *", "cron(0 5 1 * ? *)", "on day 1 of every month at 05:00 Europe/London"),
        (
            "0 5 1,15 jan,7 *",
            "cron(0 5 1,15 1,7 ? *)",
            "on the days 1 and 15 at 05:00 Europe/London in January and July",
        ),
        ("20/20 9-12/3 * * *", "cron(20,40 9,12 * * ? *)", "every day at 09:20, 09:40, 12:20 and 12:40 Europe/London"),
    ],
)
def test_a_schedule_says_the_same_to_aws_and_to_people(cron: str, eventbridge: str, words: str) -> None:
    schedule = parse_schedule(cron)
    assert schedule.eventbridge == eventbridge
    assert schedule.words(LONDON) == words


@pytest.mark.parametrize(
    ("cron", "wrong"),
    [
        ("0 5 * *", "a schedule has 5 fields, this has 4"),
        ("", "a schedule has 5 fields, this has 0"),
        ("60 5 * * *", "'60' is no minute"),
        ("0 24 * * *", "'24' is no hour"),
        ("0 5 0 * *", "'0' is no day of the month"),
        ("0 5 * 13 *", "'13' is no month"),
        ("0 5 * * 8", "'8' is no day of the week"),
        ("0 5 * * MO", "'MO' is no day of the week"),
        ("0 5 L * *", "'L' is no day of the month"),
        ("0 5 ? * 1", "'?' is no day of the month"),
        ("*/0 * * * *", "'*/0' is no minute: a step is a number from 1 to 59"),
        ("5-1 * * * *", "'5-1' is no minute: '5-1' goes backwards"),
        ("1,,2 * * * *", "'1,,2' is no minute"),
        ("\u0665 * * * *", "'\u0665' is no minute"),
        ("0 5 1 * 1", "it has days of the month and days of the week, and AWS can say one of them"),
        ("0 5 31 2,4 *", "no such month has a day 31: it would never run"),
        ("0 5 30,31 2 *", "no such month has a day 30: it would never run"),
    ],
)
def test_what_means_nothing_or_cannot_be_said_to_aws_is_refused(cron: str, wrong: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        parse_schedule(cron)
    assert str(refused.value) == wrong
    assert refused.value.instead


def test_a_run_at_five_in_london_comes_once_a_day_across_both_changes_of_the_clocks() -> None:
    """Five is four in UTC while it is summer, and there is no day without a run or with two."""
    schedule = parse_schedule("0 5 * * *")
    for after, utc in (
        (datetime.datetime(2026, 3, 28, 0, tzinfo=datetime.UTC), ("28 05:00", "29 04:00", "30 04:00")),
        (datetime.datetime(2026, 10, 24, 0, tzinfo=datetime.UTC), ("24 04:00", "25 05:00", "26 05:00")),
    ):
        runs = list(itertools.islice(schedule.runs(LONDON, after), 3))
        assert tuple(f"{run.astimezone(datetime.UTC):%d %H:%M}" for run in runs) == utc
        assert {f"{run:%H:%M}" for run in runs} == {"05:00"}


def test_a_time_that_the_clocks_skip_is_skipped_and_one_they_show_twice_comes_once() -> None:
    """As EventBridge Scheduler does it, so that what people are told is what AWS will do."""
    schedule = parse_schedule("30 1 * * *")
    spring = schedule.runs(LONDON, datetime.datetime(2026, 3, 28, 12, tzinfo=datetime.UTC))
    assert f"{next(spring):%d %H:%M}" == "30 01:30"
    autumn = schedule.runs(LONDON, datetime.datetime(2026, 10, 24, 12, tzinfo=datetime.UTC))
    assert [f"{run.astimezone(datetime.UTC):%d %H:%M}" for run in itertools.islice(autumn, 2)] == [
        "25 00:30",
        "26 01:30",
    ]


def test_a_run_is_after_the_moment_and_never_at_it() -> None:
    five = datetime.datetime(2026, 1, 1, 5, tzinfo=ZoneInfo(LONDON))
    assert next(parse_schedule("0 5 * * *").runs(LONDON, five)) == five + datetime.timedelta(days=1)


@given(
    st.sampled_from(("0", "*/7", "5,50", "10-30/5", "*", "3/20")),
    st.sampled_from(("5", "*", "0-23/6", "9-17")),
    st.sampled_from(
        (("1,15,31", "*"), ("*", "1-5"), ("*", "*"), ("*", "0"), ("*", "sat-7"), ("29", "*"), ("*", "*/2"))
    ),
    st.sampled_from(("*", "1,3-4", "feb", "*/5")),
    st.integers(0, 3 * 365 * 24 * 3600),
)
def test_where_clocks_never_change_runs_come_as_cron_has_them(
    minute: str, hour: str, days: tuple[str, str], month: str, seconds: int
) -> None:
    cron = f"{minute} {hour} {days[0]} {month} {days[1]}"
    moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(seconds=seconds)
    ours = itertools.islice(parse_schedule(cron).runs("UTC", moment), 5)
    assert list(ours) == list(itertools.islice(CronSim(cron, moment), 5))
