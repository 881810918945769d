"""When an export runs."""

import zoneinfo

from provisioner.exports.draft import ExportDraft
from provisioner.exports.schedule import ScheduleError, parse_schedule
from provisioner.reading.document import Report
from provisioner.reading.printable import shown
from provisioner.reading.problem import Rule


def check_schedule(draft: ExportDraft, report: Report) -> None:
    """The schedule means some time, and EventBridge Scheduler can say it."""
    schedule = draft.values.text("schedule")
    if schedule is None:
        return
    try:
        parse_schedule(schedule.value)
    except ScheduleError as error:
        report(schedule.place, Rule.EXPORT_SCHEDULE, str(error), error.instead)
    ledger = draft.values.text("ledger")
    if ledger is not None and ledger.value == "file":
        report(
            schedule.place,
            Rule.EXPORT_SCHEDULE,
            "the container that a schedule starts keeps no file, and so no ledger that is one",
            "remove 'ledger: file', or the schedule",
        )


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
