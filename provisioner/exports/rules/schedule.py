"""When an export runs."""

import datetime
import zoneinfo
from typing import Final

from provisioner.exports.draft import ExportDraft
from provisioner.reading.document import Report
from provisioner.reading.keys import Found
from provisioner.reading.printable import shown
from provisioner.reading.problem import Rule

_FIELDS: Final = ("minute", "hour", "day of the month", "month", "day of the week")
_EXAMPLE: Final = "write five fields such as '0 5 * * *': minute, hour, day of the month, month, day of the week"
_SOME_DAY: Final = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
"""Any will do: a schedule that has no next time after it has none ever."""


def check_schedule(draft: ExportDraft, report: Report) -> None:
    """The schedule means some time, and EventBridge Scheduler can say it."""
    schedule = draft.values.text("schedule")
    if schedule is None:
        return
    if wrong := _fault(schedule.value):
        report(schedule.place, Rule.EXPORT_SCHEDULE, f"'{shown(schedule.value)}' is no schedule: {wrong}", _EXAMPLE)
    elif not _can_be_scheduled(schedule):
        report(
            schedule.place,
            Rule.EXPORT_SCHEDULE,
            "it names both a day of the month and a day of the week, which EventBridge Scheduler cannot say",
            "write '*' for one of the two",
        )
    ledger = draft.values.text("ledger")
    if ledger is not None and ledger.value == "file":
        report(
            schedule.place,
            Rule.EXPORT_SCHEDULE,
            "the container that a schedule starts keeps no file, and so no ledger that is one",
            "remove 'ledger: file', or the schedule",
        )


def _fault(schedule: str) -> str | None:
    from cronsim import CronSim, CronSimError

    fields = schedule.split()
    if len(fields) != len(_FIELDS):
        return f"it has {len(fields)} fields"
    try:
        next(CronSim(schedule, _SOME_DAY))
    except CronSimError as error:
        return str(error).lower()
    except StopIteration:
        return "there is no such day"
    return None


def _can_be_scheduled(schedule: Found[str]) -> bool:
    # EventBridge Scheduler User Guide, "Cron-based schedules": one of the two fields of days must be '?'.
    _, _, day, _, weekday = schedule.value.split()
    return "*" in (day, weekday)


def check_timezone(draft: ExportDraft, report: Report) -> None:
    """The time zone is one of IANA's."""
    zone = draft.values.text("timezone")
    if zone is None:
        return
    try:
        zoneinfo.ZoneInfo(zone.value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        report(
            zone.place,
            Rule.EXPORT_TIMEZONE,
            f"there is no time zone '{shown(zone.value)}'",
            "write one of IANA's names, such as 'Europe/London'",
        )
