"""What the service says while it runs: JSON lines, as an export's own, without a traceback or the database's URL."""

import logging
import threading
from typing import TextIO

from exporter.engine.events import Event
from exporter.reporting.progress import JsonLog
from exporter.serve.requests import RunRequest
from provisioner.failure import CommandError


class Log:
    """Events of the service and of the exports that it runs, a line each, from whichever thread."""

    def __init__(self, stream: TextIO) -> None:
        """Write to a stream."""
        self._lines = JsonLog(stream)
        self._turn = threading.Lock()

    def export(self, event: Event) -> None:
        """Write what happened in an export."""
        with self._turn:
            self._lines(event)

    def say(self, event: str, **fields: object) -> None:
        """Write what happened in the service; a field that is None is left out."""
        with self._turn:
            self._lines.write(event, {name: value for name, value in fields.items() if value is not None})

    def request(self, event: str, request: RunRequest, *, error: str | None = None) -> None:
        """Write how far a request has come."""
        self.say(f"request_{event}", request=request.id, task=request.task, error=error)


def words(error: Exception) -> str:
    """An error as it may be shown to whoever asks.

    Of one that is not ours the kind alone: its text was not written to be shown, and may hold the database's URL.
    """
    if isinstance(error, CommandError):
        return str(error)
    return f"this is a fault of the program, not of yours: {type(error).__name__}"


class Handler(logging.Handler):
    """Writes what uvicorn has to say as lines of ours; of an exception its kind alone."""

    def __init__(self, log: Log) -> None:
        """Write to a log."""
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        error = record.exc_info[1] if record.exc_info else None
        said = record.getMessage() if error is None else f"a fault: {type(error).__name__}"
        self._log.say("server", level=record.levelname.lower(), said=said)
