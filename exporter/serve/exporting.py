"""One request, run by the engine: the tasks as they are in the folder when its turn comes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from exporter.database.connection import connect
from exporter.engine.events import Event, RunStarted
from exporter.engine.request import Request
from exporter.engine.run import run_export
from exporter.ledger.model import RunState
from exporter.ledger.postgres import PostgresLedger
from exporter.publish.target import Target
from exporter.serve.export import NAME, export_of
from exporter.serve.folder import Folder, FolderError, read_folder
from exporter.serve.requests import RequestState, RunRequest
from exporter.serve.worker import InterruptedRunError, Outcome

_NEXT_SECOND = """
    SELECT pg_sleep(least(1, greatest(0, extract(epoch FROM
        date_trunc('second', %s::timestamptz) + interval '1 second' - clock_timestamp()))))
"""


@dataclass(frozen=True, kw_only=True)
class Exporting:
    """Runs requests of one folder of tasks, one at a time."""

    database_url: str = field(repr=False)
    tasks: Path
    target: Target
    observe: Callable[[Event], None]
    """Is told what happens, as it happens."""

    def __call__(self, request: RunRequest, began: Callable[[int], None], interrupted: threading.Event) -> Outcome:
        """Run a request. See `worker.Export`."""
        try:
            folder = read_folder(self.tasks)
        except FolderError as error:
            return Outcome(state=RequestState.FAILED, error=str(error))
        wrong = _wrong(folder, request.task)
        tasks = [task for task in folder.tasks.values() if request.task in {None, task.name}]
        if not tasks:
            return Outcome(state=RequestState.FAILED, error=wrong or f"{self.tasks}: there is no task in this folder")

        def observe(event: Event) -> None:
            if interrupted.is_set():
                raise InterruptedRunError
            if isinstance(event, RunStarted):
                began(event.run.id)
            self.observe(event)

        with connect(self.database_url, name="serve") as connection:
            ledger = PostgresLedger(connection)
            self._wait_for_a_new_key(connection, ledger)
            result = run_export(
                NAME, export_of(tasks), url=self.database_url, target=self.target, request=Request(), observe=observe
            )
            errors = "\n".join(filter(None, (result.run.error, wrong)))
            if errors:
                return Outcome(state=RequestState.FAILED, error=errors)
            # An earlier run of this request may have published what this one then did not find any more.
            earlier = (ledger.files(NAME, self.target.url, run=run) for run in request.runs)
            published = result.run.state is RunState.PUBLISHED or any(earlier)
        return Outcome(state=RequestState.PUBLISHED if published else RequestState.EMPTY)

    def _wait_for_a_new_key(self, connection: psycopg.Connection, ledger: PostgresLedger) -> None:
        """Keys tell runs apart by the second in which they start: two must not start in one."""
        for last in ledger.runs(NAME, self.target.url, limit=1):
            connection.execute(_NEXT_SECOND, (last.started_at,))


def _wrong(folder: Folder, task: str | None) -> str:
    """What keeps a request from being done whole; empty where nothing does."""
    if task is None:
        return folder.words
    return folder.broken.get(task, "" if task in folder.tasks else f"{task}: there is no such task any more")
