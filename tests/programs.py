"""Runs a program of the project's own virtual environment as a process of its own."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO


def program(name: str) -> Path:
    """The path of a program that is installed beside the Python that runs this."""
    return Path(sys.executable).with_name(name)


def run(
    name: str,
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdout: int | IO[str] = subprocess.PIPE,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, with nobody at its standard input, and give what it said."""
    return subprocess.run(
        [program(name), *arguments],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
