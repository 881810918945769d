"""The JSON of the API, as seed 001 documents it and, of runs, as is added here."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from exporter.ledger.model import File
from exporter.serve.folder import FolderTask
from exporter.serve.requests import RequestState, RunRequest


@dataclass(frozen=True, kw_only=True)
class ExportTask:
    """A task: seed 001, "Data Models"."""

    name: str
    """The name of its folder."""
    select_query: str
    """What select.sql holds."""
    delete_query: str
    """What delete.sql holds."""

    @classmethod
    def of(cls, task: FolderTask) -> "ExportTask":
        """The answer about a task."""
        return cls(name=task.name, select_query=task.select_text, delete_query=task.delete_text)


@dataclass(frozen=True)
class OkResponse:
    """What was asked for is done or, of an export, durably accepted: seed 001, "Data Models"."""

    status: str = "Ok"


OK: Final = OkResponse()


@dataclass(frozen=True, kw_only=True)
class Detail:
    """Why something was not done."""

    detail: str


@dataclass(frozen=True, kw_only=True)
class RunFile:
    """A file of a run."""

    task: str
    key: str
    """Its name in the folder of the files."""
    records: int
    bytes: int
    sha256: str
    """Of its bytes, in hexadecimal."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """An export that was asked for, and how far it has come."""

    id: int
    task: str | None
    """null for all tasks."""
    state: RequestState
    accepted_at: datetime.datetime
    started_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    error: str | None
    """What went wrong, a line for each task; null unless the state is `failed`."""

    files: tuple[RunFile, ...] | None = None
    """What was made of it; null in a list of runs."""

    @classmethod
    def of(cls, request: RunRequest, files: Iterable[File] | None = None) -> "Run":
        """The answer about a request, with its files where they are known."""
        return cls(
            id=request.id,
            task=request.task,
            state=request.state,
            accepted_at=request.accepted_at,
            started_at=request.started_at,
            finished_at=request.finished_at,
            error=request.error,
            files=None if files is None else tuple(map(_file, files)),
        )


def _file(file: File) -> RunFile:
    return RunFile(task=file.task, key=file.key, records=file.records, bytes=file.bytes, sha256=file.sha256)
