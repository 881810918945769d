"""What a whole process takes of the machine, from the start of Python to its end."""

import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.process import compiled

_COMMAND: Final = """
import sys
from pathlib import Path
from provisioner.cli import main
try:
    code = main(sys.argv[1:])
finally:
    # Not ru_maxrss: that begins with what the process had that started this one.
    sys.stderr.write(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
sys.exit(code)
"""


def peak_of_this_process() -> float:
    """The most memory that this process has had, in MiB."""
    # Not ru_maxrss: that begins with what the process had that started this one.
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What one process took."""

    cpu: float
    """Seconds of user and system together."""
    peak: float
    """MiB, at most, at one time."""


def usage_of(*arguments: str, cwd: Path) -> Usage:
    """What `provisioner` takes with these arguments.

    Raises:
        RuntimeError: the command failed, so that its figures would mean nothing.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND, *arguments],
        cwd=cwd,
        env=compiled(),
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"provisioner {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Usage(cpu=cpu, peak=int(done.stderr.rpartition("\n")[2]) / 1024)
