"""How the deliveries stand, for a person: the queue, a table of the datasets, and why what is dead is dead."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from provisioner.operations.journal import Upload
from provisioner.operations.status import DatasetStatus, Status
from provisioner.reading.printable import printable
from provisioner.reporting.amounts import age, size
from provisioner.reporting.columns import aligned
from provisioner.reporting.status.held import held_lines
from provisioner.reporting.terminal import Style

WIDTH: Final = 100
"""Characters of the table's lines, unless names and numbers leave no choice."""
MAX_QUIET: Final = 40
"""Datasets with nothing to deliver that are shown; more are counted, and would hide the others."""
MAX_UPLOADS: Final = 5
"""Large objects that are shown of one dataset, the oldest first."""
_HEADINGS: Final = ("dataset", "pending", "size", "oldest", "in flight", "dead", "delivered", "target")
_NOT_ASKED: Final = "?"
_NOTHING: Final = "-"


def as_text(status: Status, style: Style) -> str:
    """The queue, the table, and under it what needs a person or a while."""
    quiet = [one for one in status.datasets if one.quiet]
    shown = [one for one in status.datasets if not one.quiet] if len(quiet) > MAX_QUIET else status.datasets
    lines = [*_queue(status, style), ""]
    if shown:
        lines += _table(shown, status.at, style)
    if len(shown) < len(status.datasets):
        lines.append(style.dim(f"{len(quiet):,} other datasets have nothing to deliver"))
    details = [line for one in shown for line in _details(one, status.at, style)]
    details += held_lines("no dataset", status.unknown, status.at, style)
    details += [f"{style.bad('not asked:')} {one.plain}" for one in status.refused]
    return "\n".join([*lines, *([""] if details else []), *details]) + "\n"


def _queue(status: Status, style: Style) -> Iterator[str]:
    counts, dead = status.queue.counts, status.queue.dead_letters
    queue = (
        f"{counts.waiting:,} waiting, {counts.in_flight:,} in flight, {counts.delayed:,} delayed"
        if counts
        else _NOT_ASKED
    )
    letters = _NOT_ASKED if dead is None else f"{dead:,} dead letter{'s' * (dead != 1)}"
    yield f"{style.bold('queue')}  {queue}, {style.bad(letters) if dead else letters}"
    yield f"{style.bold('sweep')}  {_sweep(status)}"


def _sweep(status: Status) -> str:
    sweep = status.sweep
    if sweep is None:
        return "none yet" if not status.refused else _NOT_ASKED
    when = (
        f"{age(status.at - sweep.finished)} ago"
        if sweep.finished
        else f"under way for {age(status.at - sweep.started)}"
    )
    return f"{when}: {sweep.found:,} of {sweep.listed:,} files had been announced by no event"


def _table(shown: Sequence[DatasetStatus], now: datetime, style: Style) -> Iterator[str]:
    rows = [_HEADINGS, *(_row(one, now) for one in shown)]
    head, *lines = aligned(rows, WIDTH, names=(0, len(_HEADINGS) - 1), right=range(1, len(_HEADINGS) - 1))
    yield style.bold(head)
    for one, line in zip(shown, lines, strict=True):
        yield style.bad(line) if one.needs_somebody else line


def _row(one: DatasetStatus, now: datetime) -> tuple[str, ...]:
    backlog = one.backlog
    oldest = age(now - backlog.oldest) if backlog and backlog.oldest else _NOTHING
    return (
        f"{one.dataset.name}{' (retired)' * one.dataset.retired}",
        f"{backlog.files:,}" if backlog else _NOT_ASKED,
        size(backlog.bytes) if backlog else _NOT_ASKED,
        f"{oldest}{'!' * one.overdue}" if backlog else _NOT_ASKED,
        f"{one.in_flight:,}",
        f"{one.dead_count:,}",
        f"{age(now - one.last_delivered)} ago" if one.last_delivered else _NOTHING,
        one.dataset.bucket,
    )


def _details(one: DatasetStatus, now: datetime, style: Style) -> Iterator[str]:
    name = one.dataset.name
    yield from held_lines(name, one.dead, now, style)
    if one.retrying.files:
        yield from held_lines(name, one.retrying.causes, now, style, "tried again")
        if one.retrying.next:
            yield f"    the next try is {_when(one.retrying.next, now)}"
    for upload in one.uploads[:MAX_UPLOADS]:
        yield f"{style.bold(f'{name}:')} {_progress(upload, now)}"
    if len(one.uploads) > MAX_UPLOADS:
        yield f"{style.bold(f'{name}:')} {len(one.uploads) - MAX_UPLOADS:,} more large files are on their way"
    if one.unread:
        yield f"{style.bold(f'{name}:')} {one.unread:,} more are in trouble or on their way; they were not looked at"
    if one.overdue:
        yield f"{style.bold(f'{name}:')} {style.bad('overdue')}, some files are older than a sweep explains"
        yield "    See in the forwarder's log and alarms whether it runs, and in AWS whether the sweep's schedule is on"


def _when(at: datetime, now: datetime) -> str:
    return f"in {age(at - now)}" if at > now else "due"


def _progress(upload: Upload, now: datetime) -> str:
    return (
        f"{printable(upload.key)}, {size(upload.size)}, is on its way for {age(now - upload.since)}: "
        f"{upload.done:,} of {upload.parts:,} parts"
    )
