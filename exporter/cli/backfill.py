"""`exporter backfill`: a window of the past, exported again."""

import argparse
import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from exporter.cli.run import perform
from exporter.cli.subject import add_subject, subject_named
from provisioner.cli.command import add_format, command
from provisioner.failure import UsageError
from provisioner.reading.printable import shown

if TYPE_CHECKING:
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "backfill",
        "Export again what changed in a window of the past, under the next increment. No cursor moves, and no row is "
        "deleted unless --delete says so.",
        "exporter backfill lettings --from 2026-03-01 --to 2026-04-01",
        backfill,
    )
    add_subject(parser, folder="--into")
    parser.add_argument(
        "--from",
        dest="since",
        metavar="TIME",
        required=True,
        help="the window's begin, itself within: 2026-03-01 or 2026-03-01T05:00, in the export's time zone",
    )
    parser.add_argument("--to", dest="until", metavar="TIME", required=True, help="the window's end, itself not within")
    parser.add_argument("--task", metavar="TASK", help="only this task")
    parser.add_argument("--partition", metavar="PARTITION", help="only this partition")
    parser.add_argument("--delete", action="store_true", help="delete the exported rows, of tasks that delete")
    add_format(parser, "text", "json")


def backfill(arguments: argparse.Namespace) -> int:
    """Exit code 0 where all went well, 2 where the call is wrong, 75 where something of the run failed."""
    from exporter.engine.request import Request

    subject = subject_named(arguments)
    zone = ZoneInfo(subject.export.timezone)
    since, until = time_in(arguments.since, zone), time_in(arguments.until, zone)
    if since >= until:
        raise UsageError("--from must lie before --to: the window begins with the one and ends before the other")
    request = Request(
        since=since,
        until=until,
        task=arguments.task,
        partition=arguments.partition,
        delete=arguments.delete,
    )
    return perform(subject, request, arguments.format)


def time_in(given: str, zone: ZoneInfo) -> datetime.datetime:
    """The time that an option gives; of the zone, where it names none.

    Raises:
        UsageError: it is no time.
    """
    try:
        time = datetime.datetime.fromisoformat(given)
    except ValueError as error:
        raise UsageError(f"'{shown(given)}' is not a time: write one such as 2026-03-31 or 2026-03-31T05:00") from error
    return time if time.tzinfo else time.replace(tzinfo=zone)
