"""A whole process of any program: its time, its CPU and the most memory that it had.

It is begun by a small process, this file, of which there is a new one each time: a process's high-water mark begins
with that of the process which began it, and a benchmark's own is large.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

SAID = 4_000
"""Characters of what a program that failed has said."""


class Took(NamedTuple):
    """What one process took, and those that it began and waited for."""

    seconds: float
    """By the clock on the wall."""
    cpu: float
    """Seconds of user and system together; the database's are not among them."""
    peak: float
    """MiB, at most, at one time, of the largest of them."""


def compiled() -> dict[str, str]:
    """The environment, in which Python keeps what it compiled: nobody who calls a command twice waits for it twice."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def took(command: Sequence[str | Path], *, cwd: Path, environment: Mapping[str, str]) -> Took:
    """Run a command.

    Raises:
        RuntimeError: it failed, so that its figures would mean nothing.
    """
    done = subprocess.run(
        [sys.executable, "-I", "-S", __file__, *command],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{done.stderr[-SAID:]}")
    return Took(*json.loads(done.stdout))


def main(command: list[str]) -> int:
    """Run a command, what it says on standard error, and say what it took on standard output."""
    begun = time.perf_counter()
    code = subprocess.run(command, stdout=sys.stderr, check=False).returncode
    seconds = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    sys.stdout.write(json.dumps([seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
