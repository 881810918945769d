"""When an export runs next."""

import datetime

from provisioner.exports.model import Export
from provisioner.exports.schedule import parse_schedule


def next_run(export: Export, now: datetime.datetime) -> datetime.datetime | None:
    """When it is due, in its own time zone; None for one that is run by hand."""
    if export.schedule is None:
        return None
    return next(parse_schedule(export.schedule).runs(export.timezone, now))
