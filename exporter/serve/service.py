"""What the service can be asked, whatever the protocol: its tasks, its runs, and whether it could export now."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import psycopg

from exporter.failure import SourceError
from exporter.ledger.model import File
from exporter.ledger.postgres import PostgresLedger
from exporter.serve.export import NAME
from exporter.serve.folder import Folder, FolderError, FolderTask, read_folder
from exporter.serve.requests import Requests, RunRequest
from provisioner.failure import CommandError


class NoTaskError(CommandError):
    """There is no task of that name."""


class BrokenError(CommandError):
    """What was asked for cannot be done until somebody mends the folder of tasks; the text says how."""


class State(StrEnum):
    """How ready the service is."""

    OK = "Ok"
    DEGRADED = "Degraded"
    """It serves, and some tasks are broken."""
    UNAVAILABLE = "Unavailable"


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """Whether the service could export now."""

    status: State
    database: str
    """`Ok`, or what is wrong with it."""
    files: str
    """Whether the folder of the files can be written to: `Ok`, or what is wrong."""
    tasks: str
    """Whether there are tasks: `Ok`, or what is wrong."""
    broken: dict[str, str]
    """What is wrong with each broken task."""

    @property
    def without_words(self) -> "Readiness":
        """The same for whoever need not know what is wrong: that something is."""
        database, files, tasks = (
            said if said == State.OK else State.UNAVAILABLE for said in (self.database, self.files, self.tasks)
        )
        return replace(self, database=database, files=files, tasks=tasks, broken=dict.fromkeys(self.broken, "broken"))


@dataclass(frozen=True, kw_only=True)
class Service:
    """One folder of tasks, one database and one folder of files."""

    tasks: Path
    files: Path
    connect: Callable[[], Requests]
    """Opens a connection to the requests; it raises SourceError."""
    wake: Callable[[], None]
    """Tells whoever serves the requests that there is one."""

    def all_tasks(self) -> list[FolderTask]:
        """The tasks that can be exported.

        Raises:
            BrokenError: the folder cannot be read.
        """
        return list(self._folder().tasks.values())

    def task(self, name: str) -> FolderTask:
        """The task of that name.

        Raises:
            NoTaskError: there is none.
            BrokenError: it is broken, or the folder cannot be read.
        """
        folder = self._folder()
        if name in folder.broken:
            raise BrokenError(folder.broken[name])
        if name not in folder.tasks:
            raise NoTaskError("Task not found")
        return folder.tasks[name]

    def accept(self, name: str | None) -> int:
        """Accept the export of a task, or of all; the id of the request, which is committed.

        Raises:
            NoTaskError: there is no such task.
            BrokenError: it is broken, or all are, or the folder cannot be read.
            SourceError: the database did not take it; nothing is accepted.
        """
        if name is not None:
            self.task(name)
        elif not (folder := self._folder()).tasks:
            raise BrokenError(folder.words or f"{self.tasks}: there is no task in this folder; look at DSL_PATH")
        with self._requests() as requests:
            accepted = requests.accept(name)
        self.wake()
        return accepted

    def latest(self, most: int) -> list[RunRequest]:
        """The newest requests, newest first.

        Raises:
            SourceError: the database cannot be asked.
        """
        with self._requests() as requests:
            return requests.latest(most)

    def request(self, number: int) -> tuple[RunRequest, list[File]] | None:
        """A request and the files that were made of it, None where there is none of that id.

        Raises:
            ExportError: the database cannot be asked.
        """
        with self._requests() as requests:
            if (found := requests.find(number)) is None:
                return None
            ledger = PostgresLedger(requests.connection, create=False)
            return found, [file for run in found.runs for file in ledger.files(NAME, requests.target, run=run)]

    def readiness(self) -> Readiness:
        """Whether the database, the files' folder and the tasks are there."""
        try:
            with self._requests() as requests:
                requests.prepare()
            database = State.OK.value
        except SourceError as error:
            database = str(error)
        try:
            folder = self._folder()
            tasks = State.OK.value if folder.tasks else f"{self.tasks}: there is no task that can be exported"
        except BrokenError as error:
            folder, tasks = Folder(tasks={}, broken={}), str(error)
        files = State.OK.value if os.access(self.files, os.W_OK | os.X_OK) else f"{self.files}: cannot be written to"
        able = {database, tasks, files} == {State.OK.value}
        return Readiness(
            status=(State.DEGRADED if folder.broken else State.OK) if able else State.UNAVAILABLE,
            database=database,
            files=files,
            tasks=tasks,
            broken=dict(folder.broken),
        )

    def _folder(self) -> Folder:
        try:
            return read_folder(self.tasks)
        except FolderError as error:
            raise BrokenError(str(error)) from error

    @contextmanager
    def _requests(self) -> Iterator[Requests]:
        """A connection to the requests for as long as the block runs."""
        requests = self.connect()
        try:
            with requests.connection:
                yield requests
        except psycopg.Error as error:
            raise SourceError(f"the database did not take or give a request: {error}") from error
