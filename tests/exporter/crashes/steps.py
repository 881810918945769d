"""What a run does, in steps, at any of which its process can be killed."""

import os
import signal

from exporter.engine.events import Event, Progress
from exporter.publish.target import Sink, Staged, Target
from provisioner.exports.model import Publish

Last = int | type[Event] | None
"""At which step a run's process is killed: a number, the first event of a kind, or none."""


class Steps:
    """Counts what a run does, and kills its process at one of them."""

    def __init__(self, last: Last) -> None:
        self.count = 0
        self._last = last

    def take(self, event: Event | None = None) -> None:
        if isinstance(event, Progress):
            return
        self.count += 1
        if self.count == self._last or type(event) is self._last:
            os.kill(os.getpid(), signal.SIGKILL)


class SteppingTarget:
    """A folder or a bucket, with a step after each thing that can be half done."""

    def __init__(self, target: Target, steps: Steps) -> None:
        self._target, self._steps = target, steps
        self.url, self.sha256 = target.url, target.sha256

    def open(self, key: str, publish: Publish) -> Sink:
        sink = self._target.open(key, publish)
        self._steps.take()
        return SteppingSink(sink, self._steps)

    def reveal(self, staged: Staged, publish: Publish) -> None:
        self._target.reveal(staged, publish)
        self._steps.take()

    def abandon(self, token: str) -> None:
        self._target.abandon(token)
        self._steps.take()


class SteppingSink:
    """A file, likewise."""

    def __init__(self, sink: Sink, steps: Steps) -> None:
        self._sink, self._steps = sink, steps
        self.token, self.write, self.discard = sink.token, sink.write, sink.discard

    def stage(self) -> Staged:
        staged = self._sink.stage()
        self._steps.take()
        return staged
