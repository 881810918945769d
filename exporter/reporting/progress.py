"""A run as it goes: one line that is rewritten, for somebody who watches a terminal; else a JSON object a line.

A JSON line has `at` (when, in UTC), `event` (what happened, as `exporter.engine.events` names it, in snake case) and
the fields of that event, a run's and an output's among them. `progress` comes at most every ten seconds a task.
"""

import dataclasses
import datetime
import json
import re
import shutil
import time
from collections.abc import Callable
from typing import Any, Final, TextIO

from exporter.engine import events
from exporter.engine.events import Event, Observer
from exporter.ledger.model import RunState
from provisioner.reading.printable import printable, shortened, without_command
from provisioner.reporting.amounts import size
from provisioner.reporting.terminal import Style, style_of

REWRITE_SECONDS: Final = 0.1
"""Between two lines of the terminal: faster than anybody reads."""
LOG_SECONDS: Final = 10.0
"""Between two lines of progress in a log, of one task or partition."""
_BOUNDARY: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_CLEAR: Final = "\r\x1b[K"
"""Back to the line's begin, and what stands there away (ECMA-48, EL)."""
Clock = Callable[[], float]


def watcher_of(stream: TextIO) -> Observer:
    """What fits the stream that a run is watched on."""
    if stream.isatty():
        return TerminalProgress(stream, style_of(stream))
    return JsonLog(stream)


class TerminalProgress:
    """One line for what is under way, and one that stays for what has ended."""

    def __init__(self, stream: TextIO, style: Style, clock: Clock = time.monotonic) -> None:
        self._stream, self._style, self._clock = stream, style, clock
        self._under_way: dict[str, tuple[int, int]] = {}
        self._began: dict[str, float] = {}
        self._written = float("-inf")

    def __call__(self, event: Event) -> None:
        """Show what has happened."""
        now = self._clock()
        match event:
            case events.Progress():
                name = _name(event)
                self._under_way[name] = event.records, event.bytes
                if now - self._written >= REWRITE_SECONDS:
                    self._written = now
                    self._rewrite(now)
            case events.TaskStarted():
                self._began[_name(event)] = now
                self._under_way[_name(event)] = 0, 0
                self._rewrite(now)
            case events.Committed():
                self._end(event, now)
            case events.TaskFailed():
                self._under_way.pop(_name(event), None)
                self._keep(f"{self._style.bad('failed')} {_name(event)}: {printable(event.error)}")
            case _:
                if said := _sentence(event):
                    self._keep(said)

    def _end(self, event: events.Committed, now: float) -> None:
        name = _name(event)
        _, sent = self._under_way.pop(name, (0, 0))
        records = event.output.records
        if not records:
            self._keep(f"{self._style.dim('empty')} {name}: no rows")
            return
        seconds = now - self._began.get(name, now)
        rate = f", {records / seconds:,.0f} rows/s" if seconds > 0 else ""
        self._keep(f"{self._style.good('done')} {name}: {_rows(records)}, {size(sent)}{rate}")

    def _rewrite(self, now: float) -> None:
        records = sum(records for records, _ in self._under_way.values())
        sent = sum(sent for _, sent in self._under_way.values())
        seconds = now - min((self._began.get(name, now) for name in self._under_way), default=now)
        rate = f", {records / seconds:,.0f} rows/s" if seconds > 0 else ""
        said = f"{', '.join(self._under_way)}: {_rows(records)}, {size(sent)}{rate}"
        width = shutil.get_terminal_size().columns - 1
        self._stream.write(f"{_CLEAR}{shortened(printable(said), width)}")
        self._stream.flush()

    def _keep(self, said: str) -> None:
        self._stream.write(f"{_CLEAR}{without_command(said)}\n")
        self._stream.flush()


class JsonLog:
    """A line a JSON object."""

    def __init__(self, stream: TextIO, clock: Clock = time.monotonic) -> None:
        self._stream, self._clock = stream, clock
        self._last: dict[str, float] = {}

    def __call__(self, event: Event) -> None:
        """Write down what has happened."""
        if isinstance(event, events.Progress):
            name, now = _name(event), self._clock()
            if now - self._last.get(name, float("-inf")) < LOG_SECONDS:
                return
            self._last[name] = now
        self.write(_BOUNDARY.sub("_", type(event).__name__).lower(), dataclasses.asdict(event))

    def write(self, event: str, fields: dict[str, Any]) -> None:
        """Write a line."""
        line = {"at": datetime.datetime.now(datetime.UTC), "event": event, **fields}
        self._stream.write(without_command(json.dumps(line, default=str)) + "\n")
        self._stream.flush()


def _sentence(event: Event) -> str:
    """What stays on the terminal of an event that is of no task; nothing of what is of no interest there."""
    match event:
        case events.Recovered() if event.revealed or event.abandoned or event.failed:
            return (
                f"an earlier run was cut short: {len(event.revealed):,} of its files revealed, "
                f"{event.abandoned:,} that were not committed removed"
            )
        case events.Retried():
            return f"{_name(event)}: others changed the rows that were to be deleted; try {event.attempt} begins"
        case events.ManifestWritten():
            return f"manifest {printable(event.key)}: {event.files:,} file{'s' * (event.files != 1)}"
        case events.RunFinished() if event.run.state is RunState.EMPTY:
            return "there was no row to export: the run is recorded as empty"
    return ""


def _name(event: events.OfTask) -> str:
    return printable(event.task if event.partition is None else f"{event.task} {event.partition}")


def _rows(records: int) -> str:
    return f"{records:,} row{'s' * (records != 1)}"
