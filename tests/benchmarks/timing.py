"""Whole processes, timed in turn: what slows the machine for a while slows both."""

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

Command = Sequence[str | Path]


@dataclass(frozen=True, kw_only=True)
class Contender:
    """Something to be timed: one or more processes, one after the other, counted together."""

    name: str
    commands: tuple[Command, ...]


@dataclass(frozen=True)
class Seconds:
    """The wall times of one contender, in the order in which they were taken."""

    taken: tuple[float, ...]

    def __str__(self) -> str:
        """The median, and from the least to the most."""
        return f"{median(self.taken):7.3f} s  ({min(self.taken):.3f} to {max(self.taken):.3f})"


def in_turn(ours: Contender, peer: Contender, cwd: Path, *, times: int = 5) -> tuple[Seconds, Seconds]:
    """The times of both, taken as ours, peer, ours, peer …, after one run of each that does not count.

    Raises:
        RuntimeError: a command failed, so that its time would mean nothing.
    """
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(times + 1):
        for contender, seconds in zip((ours, peer), taken, strict=True):
            elapsed = _time(contender, cwd)
            if turn:
                seconds.append(elapsed)
    return Seconds(tuple(taken[0])), Seconds(tuple(taken[1]))


def _time(contender: Contender, cwd: Path) -> float:
    begun = time.perf_counter()
    ended = [subprocess.run(command, cwd=cwd, capture_output=True, check=False) for command in contender.commands]
    elapsed = time.perf_counter() - begun
    for done in ended:
        if done.returncode:
            raise RuntimeError(f"{contender.name} failed:\n{done.stdout.decode()}{done.stderr.decode()}")
    return elapsed
