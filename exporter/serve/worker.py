"""The thread that serves the requests, one at a time, for as long as the process lives."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from exporter.failure import BusyError, SourceError
from exporter.serve.log import Log, words
from exporter.serve.requests import Requests, RequestState, RunRequest
from provisioner.failure import CommandError

LOOK: Final = 1.0
"""Seconds between two looks for requests that another process has accepted."""
INTERRUPTION: Final = 3.0
"""Seconds that an interrupted run has to undo what it has begun; the next run undoes the rest."""
REST: Final = 5.0
"""Seconds before the next attempt where the database cannot be reached, or somebody else exports."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an export ended."""

    state: RequestState
    error: str | None = None


class InterruptedRunError(CommandError):
    """A run was ended because the process is to end; nothing of it is half done."""

    def __init__(self) -> None:
        super().__init__("the service is being stopped; whoever serves next runs it")


class Export(Protocol):
    """Runs what is asked for."""

    def __call__(self, request: RunRequest, began: Callable[[int], None], interrupted: threading.Event) -> Outcome:
        """Run it, and tell `began` the id of the run in the ledger before a row is read.

        Raises:
            BusyError: somebody else runs it.
            SourceError: the database cannot be reached.
            InterruptedRunError: it was ended because `interrupted` was set.
        """


class Worker:
    """Takes requests in the order in which they were accepted."""

    def __init__(self, connect: Callable[[], Requests], export: Export, log: Log) -> None:
        """`connect` opens a connection of its own to the requests; it raises SourceError."""
        self._connect = connect
        self._export = export
        self._log = log
        self._stop = threading.Event()
        self._interrupted = threading.Event()
        self._wake = threading.Event()
        # A process that is told to end waits for the export as long as it may, and no longer.
        self._thread = threading.Thread(target=self._run, name="exports", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def wake(self) -> None:
        """Look for requests now."""
        self._wake.set()

    def stop(self, seconds: float) -> bool:
        """Take no further request; whether the one that runs has come to its end within so many seconds.

        If it has not, it is interrupted and waits again: whoever serves next runs it.
        """
        self._stop.set()
        self._wake.set()
        self._thread.join(seconds)
        ended = not self._thread.is_alive()
        self._interrupted.set()
        self._thread.join(INTERRUPTION)
        return ended

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._serve()
            except Exception as error:
                self._log.say("requests_wait", error=words(error))
                self._rest(REST)

    def _serve(self) -> None:
        requests = self._connect()
        with requests.connection, requests.turn() as mine:
            if not mine:
                self._rest(REST)
            while mine and not self._stop.is_set():
                if (request := requests.take()) is None:
                    self._rest(LOOK)
                elif not self._perform(requests, request):
                    self._rest(REST)

    def _perform(self, requests: Requests, request: RunRequest) -> bool:
        """Whether the request was served, with whatever outcome."""
        self._log.request("started", request)
        try:
            outcome = self._export(request, lambda run: requests.began(request.id, run), self._interrupted)
        except (BusyError, SourceError, InterruptedRunError) as error:
            requests.put_back(request.id)
            self._log.request("waits", request, error=words(error))
            return False
        except Exception as error:
            outcome = Outcome(state=RequestState.FAILED, error=words(error))
        requests.finish(request.id, outcome.state, outcome.error)
        self._log.request(outcome.state, request, error=outcome.error)
        return True

    def _rest(self, seconds: float) -> None:
        self._wake.wait(seconds)
        if not self._stop.is_set():
            self._wake.clear()
