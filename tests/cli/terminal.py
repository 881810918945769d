"""The command line at a terminal: a process of its own on a pseudo-terminal, with somebody who types."""

import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.programs import program

_PATIENCE: Final = 30.0
"""Seconds until a test gives up; the program answers in a fraction of one."""


class Terminal:
    """What a program shows at a terminal, and what is typed there."""

    def __init__(self, process: "subprocess.Popen[bytes]", descriptor: int) -> None:
        self._process = process
        self._descriptor = descriptor
        self.shown = ""
        self._read = 0

    def wait_for(self, text: str) -> None:
        """Until the program has shown `text` after what was waited for before."""
        deadline = time.monotonic() + _PATIENCE
        while (found := self.shown.find(text, self._read)) < 0:
            assert self._more(deadline), f"it ended without {text!r}:\n{self.shown}"
        self._read = found + len(text)

    def type(self, text: str) -> None:
        os.write(self._descriptor, text.encode())

    def interrupt(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def end(self) -> int:
        """The exit code, once the program has ended by itself."""
        deadline = time.monotonic() + _PATIENCE
        while self._more(deadline):
            pass
        return self._process.wait(_PATIENCE)

    def _more(self, deadline: float) -> bool:
        """Read what is new; False at the end."""
        ready, _, _ = select.select([self._descriptor], [], [], max(0.0, deadline - time.monotonic()))
        assert ready, f"nothing more came:\n{self.shown}"
        try:
            read = os.read(self._descriptor, 65_536)
        except OSError:  # Linux's way to say that nobody has the terminal open any more
            return False
        self.shown += read.decode().replace("\r\n", "\n")
        return bool(read)


@contextmanager
def at_terminal(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    """Run `provisioner` at a terminal of its own. It is gone after the `with` block."""
    ours, its = pty.openpty()
    unset = ("NO_COLOR", "PROVISIONER_STACK", "PROVISIONER_DEBUG")
    inherited = {key: value for key, value in os.environ.items() if key not in unset}
    process = subprocess.Popen(
        [program("provisioner"), *arguments],
        cwd=cwd,
        env={**inherited, "TERM": "xterm", **(env or {})},
        stdin=its,
        stdout=its,
        stderr=its,
    )
    os.close(its)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait(_PATIENCE)
        os.close(ours)
