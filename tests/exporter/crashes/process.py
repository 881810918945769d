"""A process that runs an export and is killed at a step of it."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from exporter.database import window
from exporter.engine.request import Request
from exporter.engine.run import DUE, run_export
from tests.exporter.crashes.exports import EXPORTS, NAME
from tests.exporter.crashes.places import Place
from tests.exporter.crashes.steps import Last, SteppingTarget, Steps


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a run needs to know."""

    export: str
    """A key of EXPORTS."""
    url: str
    place: Place
    ledger_file: Path


if TYPE_CHECKING:
    Ended = multiprocessing.Queue[tuple[int, str | None]]
    """The number of steps, and the run's error."""


def _child(scene: Scene, request: Request, last: Last, mutate: Callable[[], None] | None, ended: "Ended") -> None:
    window.GRAIN = timedelta(milliseconds=1)  # the test need not wait for the next second
    window.GRACE = 0.005  # type: ignore[misc] # the server is on this machine, and few use it
    # A process that is killed leaves to the kernel what it wrote: only a machine that fails needs more.
    os.fsync = lambda fd: None  # noqa: ARG005 - the name is part of what is replaced
    if mutate:
        mutate()
    steps = Steps(last)
    result = run_export(
        NAME,
        EXPORTS[scene.export],
        url=scene.url,
        target=SteppingTarget(scene.place.target, steps),
        ledger_file=scene.ledger_file,
        request=request,
        observe=steps.take,
    )
    ended.put((steps.count, result.run.error))


FORKS: Final = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.exporter.crashes.warm", __name__])


def run(
    scene: Scene, last: Last = None, mutate: Callable[[], None] | None = None, request: Request = DUE
) -> int | None:
    """Run the export in a process of its own.

    Args:
        scene: of what, and where.
        last: the step at which the process is killed; None for none.
        mutate: breaks the engine in that process.
        request: what is asked of the run.

    Returns:
        How many steps there were; None where it was killed.
    """
    ended: Ended = FORKS.Queue()
    process = FORKS.Process(target=_child, args=(scene, request, last, mutate, ended))
    process.start()
    process.join(30)
    if process.exitcode == -signal.SIGKILL:
        return None
    assert process.exitcode == 0, "it hangs, or has an error that is not an ExportError"
    steps, error = ended.get()
    assert not error or mutate, error
    return steps
