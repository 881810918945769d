"""When an export runs next."""

import datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim

from provisioner.exports.model import Export


def next_run(export: Export, now: datetime.datetime) -> datetime.datetime | None:
    """When it is due, in its own time zone; None for one that is run by hand."""
    if export.schedule is None:
        return None
    return next(CronSim(export.schedule, now.astimezone(ZoneInfo(export.timezone))))
