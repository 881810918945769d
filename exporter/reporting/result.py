"""What a run made, as text or JSON."""

from collections.abc import Callable
from typing import Any, Final

from exporter.engine.run import Result
from exporter.ledger.model import File, Output, Run, RunState
from exporter.reporting.moments import moment
from provisioner.reading.printable import printable
from provisioner.reporting.amounts import size
from provisioner.reporting.json_text import json_text
from provisioner.reporting.terminal import Style

JSON_VERSION: Final = 1
"""Raised when a field of the JSON changes its meaning or goes."""


def as_text(result: Result, style: Style) -> str:
    """A line for each file, and one for the run."""
    lines = [
        f"{printable(file.key)}  {file.records:,} row{'s' * (file.records != 1)}, {size(file.bytes)}\n"
        for file in result.files
    ]
    if result.manifest:
        lines.append(f"{printable(result.manifest)}\n")
    return "".join([*lines, f"{style.bold(_sentence(result))}\n", *_errors(result.run, style)])


def as_json(result: Result, _style: Style) -> str:
    """An object."""
    made = {
        "version": JSON_VERSION,
        "run": run_object(result.run),
        "outputs": [output_object(output) for output in result.outputs],
        "files": [file_object(file) for file in result.files],
        "manifest": result.manifest,
    }
    return json_text(made) + "\n"


FORMATS: Final[dict[str, Callable[[Result, Style], str]]] = {"text": as_text, "json": as_json}


def _sentence(result: Result) -> str:
    run, files = result.run, len(result.files)
    name = f"{run.export}, run {run.id}"
    records = sum(output.records for output in result.outputs)
    made = f"{records:,} row{'s' * (records != 1)} in {files:,} file{'s' * (files != 1)} at {printable(run.target)}"
    match run.state:
        case RunState.EMPTY:
            found = f"{files:,} file{'s' * (files != 1)} without rows made" if files else "no file made"
            return f"{name}: there was no row to export; {found}, and the run is recorded as empty"
        case RunState.FAILED:
            return f"{name}: failed; {made} are safe all the same" if files else f"{name}: failed, and made no file"
    return f"{name}: {made}"


def _errors(run: Run, style: Style) -> list[str]:
    return [f"{style.bad('failed')} {printable(line)}\n" for line in (run.error or "").splitlines()]


def run_object(run: Run) -> dict[str, Any]:
    """A run, as JSON has it."""
    return {
        "id": run.id,
        "export": run.export,
        "target": run.target,
        "kind": run.kind.value,
        "number": run.number,
        "state": run.state.value,
        "started_at": moment(run.started_at),
        "finished_at": moment(run.finished_at),
        "error": run.error,
        "holder": run.holder,
    }


def output_object(output: Output) -> dict[str, Any]:
    """What a run made of a task or partition, as JSON has it."""
    return {
        "task": output.task,
        "partition": output.partition,
        "state": output.state.value,
        "base": output.base,
        "increment": output.increment,
        "records": output.records,
        "since": moment(output.since),
        "until": moment(output.until),
        "error": output.error,
    }


def file_object(file: File) -> dict[str, Any]:
    """A file, as JSON has it."""
    return {
        "task": file.task,
        "partition": file.partition,
        "key": file.key,
        "records": file.records,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "staged_at": moment(file.staged_at),
        "revealed_at": moment(file.revealed_at),
        "manifest": file.manifest,
    }
