"""What the service says while it runs: JSON lines on standard error, without a traceback or the database's URL."""

import datetime
import json
import logging
import threading
from typing import Final, TextIO

from exporter.serve.requests import RunRequest
from provisioner.failure import CommandError

_TURN: Final = threading.Lock()


class Log:
    """One event a line: `at`, `level` and `event`, and whatever else there is to say of it."""

    def __init__(self, stream: TextIO) -> None:
        """Write to a stream."""
        self._stream = stream

    def say(self, event: str, level: str = "info", **fields: object) -> None:
        """Write a line."""
        at = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        said = {name: value for name, value in fields.items() if value is not None}
        with _TURN:
            self._stream.write(json.dumps({"at": at, "level": level, "event": event, **said}, default=str) + "\n")
            self._stream.flush()

    def request(self, event: str, request: RunRequest, *, error: str | None = None) -> None:
        """Write how far a request has come."""
        self.say(event, "error" if error else "info", request=request.id, task=request.task, error=error)

    def problem(self, what: str, error: Exception) -> None:
        """Write what does not work, and goes on being tried."""
        self.say(what, "warning", error=words(error))


def words(error: Exception) -> str:
    """An error as it may be shown to whoever asks.

    Of one that is not ours the kind alone: its text was not written to be shown, and may hold the database's URL.
    """
    if isinstance(error, CommandError):
        return str(error)
    return f"this is a fault of the program, not of yours: {type(error).__name__}"


class Handler(logging.Handler):
    """Writes what uvicorn logs as lines of ours."""

    def __init__(self, log: Log) -> None:
        """Write to a log."""
        super().__init__(logging.INFO)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; of an exception its kind alone."""
        error = record.exc_info[1] if record.exc_info else None
        kind = type(error).__name__ if error else None
        self._log.say(record.getMessage() if error is None else "a fault", record.levelname.lower(), kind=kind)
