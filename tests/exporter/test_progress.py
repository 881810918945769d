"""A run is watched at a terminal by one line that is rewritten, and in a log by JSON lines that do not flood it."""

import io
import json

import pytest

from exporter.engine import events
from exporter.engine.events import (
    Committed,
    Event,
    ManifestWritten,
    OfTask,
    Progress,
    Recovered,
    TaskFailed,
    TaskStarted,
)
from exporter.ledger.model import Output, OutputState
from exporter.reporting.progress import JsonLog, TerminalProgress, event_name, watcher_of
from provisioner.reporting.terminal import Style
from tests.documentation import ROOT


class Clock:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        return True


def output(records: int) -> Output:
    return Output(
        run=1,
        task="core",
        partition="2025",
        state=OutputState.STAGED,
        base=1,
        increment=1,
        records=records,
        since=None,
        until=None,
        error=None,
    )


STARTED = TaskStarted(task="core", partition="2025")


def progress(records: int) -> Progress:
    return Progress(task="core", partition="2025", records=records, bytes=records * 1024)


def shown(stream: io.StringIO) -> list[str]:
    """What stood on the line, one after the other."""
    return [line.rstrip("\n") for line in stream.getvalue().split("\r\x1b[K") if line]


def test_the_line_says_rows_bytes_and_rows_a_second() -> None:
    stream, clock = io.StringIO(), Clock()
    watch = TerminalProgress(stream, Style(coloured=False), clock)
    watch(STARTED)
    clock.now = 2.0
    watch(progress(5_000))
    assert shown(stream)[-1] == "core 2025: 5,000 rows, 4.9 MiB, 2,500 rows/s"


def test_the_line_is_not_rewritten_faster_than_anybody_reads() -> None:
    stream, clock = io.StringIO(), Clock()
    watch = TerminalProgress(stream, Style(coloured=False), clock)
    for _ in range(1_000):
        clock.now += 0.001
        watch(progress(1))
    assert len(shown(stream)) <= 11


def test_what_is_done_stays() -> None:
    stream, clock = io.StringIO(), Clock()
    watch = TerminalProgress(stream, Style(coloured=False), clock)
    watch(STARTED)
    clock.now = 4.0
    watch(progress(10_000))
    watch(Committed(task="core", partition="2025", output=output(10_000)))
    assert stream.getvalue().endswith("done core 2025: 10,000 rows, 9.8 MiB, 2,500 rows/s\n")


def test_a_task_without_rows_is_said_to_be_empty() -> None:
    stream = io.StringIO()
    watch = TerminalProgress(stream, Style(coloured=False))
    watch(STARTED)
    watch(Committed(task="core", partition="2025", output=output(0)))
    assert stream.getvalue().endswith("empty core 2025: no rows\n")


def test_a_failure_a_recovery_and_a_manifest_are_said_in_words() -> None:
    stream = io.StringIO()
    watch = TerminalProgress(stream, Style(coloured=False))
    watch(Recovered(revealed=("a",), abandoned=2, failed=()))
    watch(TaskFailed(task="core", partition=None, error="it \x1b[2J broke"))
    watch(ManifestWritten(key="m.csv", files=1))
    assert shown(stream) == [
        "an earlier run was cut short: 1 of its files revealed, 2 that were not committed removed",
        r"failed core: it \x1b[2J broke",
        "manifest m.csv: 1 file",
    ]


def test_colour_only_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    event = TaskFailed(task="core", partition=None, error="it broke")
    bright, plain = Terminal(), Terminal()
    watcher_of(bright, "lettings")(event)
    monkeypatch.setenv("NO_COLOR", "1")
    watcher_of(plain, "lettings")(event)
    assert "\x1b[31m" in bright.getvalue()
    assert "\x1b[31m" not in plain.getvalue()


def test_a_log_has_progress_every_ten_seconds_and_everything_else_at_once() -> None:
    stream, clock = io.StringIO(), Clock()
    log = JsonLog(stream, "lettings", clock)
    for _ in range(25):
        clock.now += 1.0
        log(progress(1))
        log(STARTED)
    told = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
    assert told.count("progress") == 3
    assert told.count("task_started") == 25


def test_every_event_of_a_log_is_documented() -> None:
    page = (ROOT / "docs" / "reference.md").read_text()
    told = {kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event)}
    assert [event_name(kind) for kind in told - {Event, OfTask} if f"`{event_name(kind)}`" not in page] == []


def test_a_stream_that_nobody_watches_is_a_log() -> None:
    assert isinstance(watcher_of(io.StringIO(), "lettings"), JsonLog)
