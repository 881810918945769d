"""One run of an export, from the lock to the manifest."""

import os
import platform
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from exporter.database.connection import connect, in_words, one_line
from exporter.database.lock import locked
from exporter.database.snapshot import Snapshot, snapshot
from exporter.database.window import server_time, window_end
from exporter.engine.attempt import export_unit
from exporter.engine.clock import Clock
from exporter.engine.events import Observer, RunFinished, RunStarted, TaskFailed, ignore
from exporter.engine.files import reveal
from exporter.engine.ledgers import open_ledger
from exporter.engine.manifest import write_manifest
from exporter.engine.recovery import recover
from exporter.engine.request import Request
from exporter.engine.unit import Unit, units_of
from exporter.engine.work import Work
from exporter.failure import ExportError, SourceError
from exporter.ledger.model import File, Output, OutputState, Run, RunState
from exporter.publish.target import Target
from provisioner.exports.model import Export, Mode, Task
from provisioner.reading.printable import shown


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a run ended, as its ledger has it."""

    run: Run
    outputs: tuple[Output, ...]
    files: tuple[File, ...]
    manifest: str | None
    """The manifest's key, where the export has one and it could be written."""


DUE = Request()


def run_export(
    name: str,
    export: Export,
    *,
    url: str,
    target: Target,
    ledger_file: Path | None = None,
    request: Request = DUE,
    observe: Observer = ignore,
) -> Result:
    """Run an export: what an earlier run left is finished or undone first.

    A task that fails does not keep the others from going on: the run's state is then FAILED, and its error has a line
    for each of them.

    Args:
        name: the dataset's.
        export: how its files are made.
        url: of the source database.
        target: where the files go.
        ledger_file: the SQLite file of a `ledger: file`.
        request: what is asked of this run.
        observe: is told what happens.

    Raises:
        BusyError: another process runs it; the text says which.
        ExportError: the run could not begin, or not be ended.
    """
    tasks = request.tasks(name, export)
    with (
        in_words(f"the export '{name}'"),
        connect(url, name=name, timezone=export.timezone) as control,
        locked(control, name, target.url),
        open_ledger(name, export, url=url, ledger_file=ledger_file, create=True) as ledger,
    ):
        clock = Clock(server_time(control))
        unfinished = recover(name, target, ledger, clock, observe)
        now = clock.now()
        run = ledger.start(
            name,
            target.url,
            request.kind,
            at=now,
            day=now.astimezone(ZoneInfo(export.timezone)).date(),
            holder=f"{platform.node()}, process {os.getpid()}",
        )
        observe(RunStarted(run=run))
        errors = list(unfinished)
        manifest = None
        work = Work(
            run=run,
            export=export,
            request=request,
            url=url,
            target=target,
            ledger=ledger,
            clock=clock,
            observe=observe,
        )
        try:
            with in_words("the source database"):
                errors += _tasks(work, tasks, control)
            if export.manifest:
                manifest = write_manifest(work, export.manifest)
        except ExportError as error:
            errors.append(str(error))
        outputs = tuple(ledger.outputs(run.id))
        run = ledger.finish(run.id, _state(outputs, errors), at=clock.now(), error="\n".join(errors) or None)
        observe(RunFinished(run=run))
        return Result(
            run=run, outputs=outputs, files=tuple(ledger.files(name, target.url, run=run.id)), manifest=manifest
        )


def _state(outputs: Sequence[Output], errors: Sequence[str]) -> RunState:
    if errors:
        return RunState.FAILED
    return RunState.PUBLISHED if any(output.records for output in outputs) else RunState.EMPTY


def _tasks(work: Work, tasks: Sequence[Task], control: psycopg.Connection) -> list[str]:
    """Export the tasks.

    Returns:
        What went wrong, an error for each task or partition.
    """
    errors = []
    if any(task.mode == Mode.WINDOW for task in tasks):
        try:
            work = replace(work, until=window_end(control, work.export.lag))
        except SourceError as error:
            # Those without a window go on all the same.
            errors += [_failed(work, Unit(task=task), error) for task in tasks if task.mode == Mode.WINDOW]
            tasks = [task for task in tasks if task.mode != Mode.WINDOW]
    with snapshot(work.url, export=work.run.export, timezone=work.export.timezone) as taken:
        return errors + _units(work, tasks, taken)


def _units(work: Work, tasks: Sequence[Task], taken: Snapshot) -> list[str]:
    """Export the units of the tasks, as many at a time as the export allows."""
    errors: list[str] = []
    units: list[Unit] = []
    for task in tasks:
        try:
            units += _asked(work, task, units_of(task, taken.session, work.parameters))
        except ExportError as error:
            errors.append(_failed(work, Unit(task=task), error))
    with ThreadPoolExecutor(work.export.parallel) as pool:
        ends = list(pool.map(lambda unit: _unit(work, unit, taken), units))
    return [*errors, *(end for end in ends if end)]


def _asked(work: Work, task: Task, units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """The units that the request is about."""
    wanted = work.request.partition
    if wanted is None:
        return units
    chosen = tuple(unit for unit in units if unit.partition == wanted)
    if not chosen:
        known = ", ".join(f"'{unit.partition}'" for unit in units if unit.partition) or "none"
        raise ExportError(f"the task '{task.name}' has no partition '{wanted}' now; it has {known}")
    return chosen


def _unit(work: Work, unit: Unit, taken: Snapshot) -> str | None:
    """Export, commit and reveal a unit; an error as a text."""
    try:
        files = export_unit(work, unit, taken)
    except ExportError as error:
        return _failed(work, unit, error)
    except psycopg.Error as error:
        return _failed(work, unit, ExportError(f"the source database: {one_line(error)}"))
    try:
        for file in files:
            reveal(work, file)
    except ExportError as error:
        # It is committed: the next run reveals it.
        return _told(work, unit, error)
    return None


def _failed(work: Work, unit: Unit, error: ExportError) -> str:
    """Record and tell that nothing of a unit was committed."""
    work.ledger.fail(
        Output(
            run=work.run.id,
            task=unit.task.name,
            partition=unit.partition,
            state=OutputState.FAILED,
            error=str(error),
        )
    )
    return _told(work, unit, error)


def _told(work: Work, unit: Unit, error: ExportError) -> str:
    work.tell(TaskFailed(task=unit.task.name, partition=unit.partition, error=str(error)))
    where = unit.task.name + (f", {shown(unit.partition)}" if unit.partition else "")
    return f"{where}: {error}"
