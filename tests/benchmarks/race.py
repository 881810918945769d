"""Several programs that do the same, timed in turn: what slows the machine for a while slows all of them."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from tests.benchmarks.process import Took, took
from tests.benchmarks.report import say

TIMES: Final = 3
"""Rounds that count, of those who are fast enough to wait for."""


@dataclass(frozen=True, kw_only=True)
class Racer:
    """A program that is timed as a whole process."""

    name: str
    command: tuple[str | Path, ...]
    environment: Mapping[str, str]
    times: int = TIMES
    """How many of the rounds it takes part in, from the first."""


@dataclass(frozen=True, kw_only=True)
class Lap:
    """What a racer took in one round, and how much it wrote."""

    took: Took
    written: int
    """Bytes of all files in its folder."""


def race(racers: Sequence[Racer], folder: Path, *, rounds: int = TIMES) -> dict[str, list[Lap]]:
    """The laps of each racer by its name. Each works in an empty folder of its own, which is gone afterwards.

    Before one lap of the first racer is run and not counted: it warms up the database and the disk for all. It is not
    for who takes minutes, and runs once.

    Raises:
        RuntimeError: one failed.
    """
    if racers[0].times > 1:
        _lap(racers[0], folder / "lap")
    laps: dict[str, list[Lap]] = {racer.name: [] for racer in racers}
    for turn in range(rounds):
        for racer in racers:
            if turn < racer.times:
                laps[racer.name].append(_lap(racer, folder / "lap"))
    return laps


def show(laps: Mapping[str, list[Lap]], ours: str, rows: int) -> None:
    """A line for each, the fastest first: medians, the largest memory, and how many times as long as ours it takes."""
    heads = (f"{head:>{width}}" for head, width in _COLUMNS.items())
    say(f"    {'':<32}{''.join(heads)}")
    our = _seconds(laps[ours])
    for name, of in sorted(laps.items(), key=lambda item: _seconds(item[1])):
        every = [lap.took.seconds for lap in of]
        seconds = _seconds(of)
        cells = (
            *(f"{shown:.2f}" for shown in (seconds, min(every), max(every), seconds / our)),
            f"{median(lap.took.cpu for lap in of):.2f}",
            f"{rows / seconds:,.0f}",
            f"{max(lap.took.peak for lap in of):.0f}",
            f"{of[-1].written / 1e6:,.1f}",
        )
        say(
            f"    {name:<32}{''.join(f'{cell:>{width}}' for cell, width in zip(cells, _COLUMNS.values(), strict=True))}"
        )


_COLUMNS: Final = {
    "seconds": 9,
    "least": 8,
    "most": 8,
    "times": 8,
    "CPU s": 8,
    "rows/s": 11,
    "MiB": 7,
    "wrote MB": 10,
}
"""The heads of what is shown and how wide it is."""


def _seconds(laps: Sequence[Lap]) -> float:
    return median(lap.took.seconds for lap in laps)


def _lap(racer: Racer, folder: Path) -> Lap:
    folder.mkdir()
    try:
        used = took(racer.command, cwd=folder, environment=racer.environment)
        return Lap(took=used, written=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()))
    finally:
        shutil.rmtree(folder)
