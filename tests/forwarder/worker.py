"""A forwarder that a test moves from one moment of its requests to the next.

Each runs in a thread of its own, of which only one ever moves: it stops before, during and after each request until it
is told to go on. So a history is one exact order of events, and can be repeated.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from .setting import Post
from .world import ProcessDiedError, Request, When

Interruption = Callable[[Request | None], BaseException]
"""What is raised at the moment where a worker stands; None stands for a request to the queue."""


class Worker:
    """One run of a forwarder over one batch."""

    def __init__(self, post: Post, batch: Mapping[str, Any]) -> None:
        """Nothing has begun: the worker stands before its first moment."""
        self.batch = batch
        self.answer: Mapping[str, Any] | None = None
        """What the run answered; None as long as it runs, and if it died."""
        self.finished = False
        self.when: When | None = None
        """The moment of a request to S3 at which it stands."""
        self.request: Request | None = None
        self.error: BaseException | None = None
        """What it ended in, if neither it nor the test meant that."""
        self._post = post
        self._interruption: Interruption | None = None
        self._go = threading.Semaphore(0)
        self._stopped = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def step(self, interruption: Interruption | None = None) -> None:
        """Go on to the next moment, or let the present one end in an error."""
        self._interruption = interruption
        self._go.release()
        self._stopped.acquire()
        if self.finished:
            self._thread.join()

    def wait(self, request: Request | None, when: When | None) -> None:
        """Called within this worker's thread, at each moment of each request."""
        self.request, self.when = request, when
        self._stopped.release()
        self._go.acquire()
        if self._interruption is not None:
            interruption, self._interruption = self._interruption, None
            raise interruption(request)

    @property
    def is_this_thread(self) -> bool:
        """Whether it is the worker itself that asks."""
        return threading.current_thread() is self._thread

    def _run(self) -> None:
        self._go.acquire()
        try:
            if self._interruption is None:
                self.answer = self._post.forwarder().handle(self.batch, self._post.remaining)
        except ProcessDiedError:
            pass
        except BaseException as error:  # a fault of the forwarder, or of the test: the test must see it
            self.error = error
        finally:
            self.finished = True
            self._stopped.release()


def die(_request: Request | None) -> BaseException:
    """The process ends here."""
    return ProcessDiedError()
