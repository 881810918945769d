"""Progress: each step of something long is named when it begins, and judged when it ends."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from provisioner.reporting.terminal import Style

_WIDTH = 34


class Steps:
    """Writes a line for each step."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        """Lines go to `stream`."""
        self._stream = stream
        self._style = style
        self._note = ""

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """A step: what happens inside is timed. An exception marks it as failed and goes on its way."""
        begun = time.monotonic()
        self._note = ""
        self._write(f"{what.ljust(_WIDTH)} ")
        try:
            yield
        except KeyboardInterrupt:
            self._write("interrupted\n")
            raise
        except BaseException:
            self._write(self._style.bad("FAILED") + "\n")
            raise
        seconds = self._style.dim(f"{time.monotonic() - begun:5.1f} s")
        self._write(f"{self._style.good('ok')}  {seconds}  {self._note}\n")

    def note(self, text: str) -> None:
        """Say what came of the step that is under way."""
        self._note = text

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
