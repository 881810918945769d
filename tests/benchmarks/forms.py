"""Records of 160 fields as XML, beside lxml and ElementTree: each in a process of its own, without a database."""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import psycopg

from exporter.database.selection import describe
from exporter.encode.xml import xml
from exporter.selection import Column, Session
from provisioner.exports.model import Format, Query, Task
from provisioner.exports.template import Template
from provisioner.reading.problem import START
from tests.benchmarks.peers import HERE, PYTHON
from tests.benchmarks.report import say
from tests.benchmarks.source import FIELDS, FORMS

TIMES: Final = 5
STATEMENT: Final = "SELECT * FROM form ORDER BY id"
AT_A_TIME: Final = 200
"""Rows of a batch: about as many as the exporter reads at a time."""

TASK: Final = Task(
    name="form",
    query=Query(text=STATEMENT, file=None, place=START, columns=None),
    key=Template("form"),
    format=Format.XML,
    place=START,
    root="forms",
    record="form",
    records_per_part=10_000,
)


@dataclass(frozen=True)
class Rows:
    """What was selected, from a file."""

    statement: str
    columns: tuple[Column, ...]
    lines: list[bytes]
    timezone: str = "UTC"

    def rows(self, options: str) -> Iterator[list[bytes]]:
        assert options == "FORMAT text, NULL ''"
        return (self.lines[at : at + AT_A_TIME] for at in range(0, len(self.lines), AT_A_TIME))

    def other_session(self) -> Session:
        raise NotImplementedError


def measure(url: str, folder: Path) -> None:
    """Measure and print."""
    rows, columns = folder / "rows", folder / "columns"
    with psycopg.connect(url) as connection:
        columns.write_text(json.dumps(describe(connection, STATEMENT).columns))
        with (
            rows.open("wb") as out,
            connection.cursor().copy(f"COPY ({STATEMENT}) TO STDOUT WITH (NULL '')".encode()) as copy,
        ):
            for row in copy:
                out.write(row)
    contenders: dict[str, tuple[str | Path, ...]] = {
        "exporter": (sys.executable, "-m", __name__),
        "lxml": (PYTHON, HERE / "trees.py", "lxml"),
        "ElementTree": (PYTHON, HERE / "trees.py", "ElementTree"),
    }
    rates: Mapping[str, list[float]] = {name: [] for name in contenders}
    busy: Mapping[str, list[float]] = {name: [] for name in contenders}
    digests = {}
    for _ in range(TIMES):
        for name, command in contenders.items():
            done = subprocess.run([*command, rows, columns], capture_output=True, text=True, check=True)
            seconds, cpu, digests[name] = json.loads(done.stdout)
            rates[name].append(FORMS / seconds)
            busy[name].append(FORMS / cpu)
    say(
        f"\nXML: {FORMS:,} records of {FIELDS} fields, a process each, without a database"
        " (wanted: 25,000 records a second, 3 times lxml)"
    )
    say(f"    {'':<14}{'records/s':>10}{'least':>9}{'most':>9}{'a CPU s':>9}{'ours, times':>13}{'by CPU':>8}  bytes")
    for name, of in rates.items():
        same = "the same" if digests[name] == digests["exporter"] else "others"
        times = [_times(measured["exporter"], measured[name]) for measured in (rates, busy)]
        say(
            f"    {name:<14}{median(of):10,.0f}{min(of):9,.0f}{max(of):9,.0f}{median(busy[name]):9,.0f}"
            f"{times[0]:13.2f}{times[1]:8.2f}  {same}"
        )


def _times(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return median(our / their for our, their in zip(ours, theirs, strict=True))


def main(rows: Path, columns: Path) -> str:
    """The exporter's seconds, its CPU seconds and the checksum of what it writes, as JSON."""
    lines = rows.read_bytes().splitlines(keepends=True)
    selection = Rows(STATEMENT, tuple(Column(*column) for column in json.loads(columns.read_text())), lines)
    begun, cpu = time.perf_counter(), time.process_time()
    chunks = [chunk for part in xml(selection, TASK) for chunk in part.chunks]
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    return json.dumps([seconds, cpu, hashlib.sha256(b"".join(chunks)).hexdigest()])


if __name__ == "__main__":
    sys.stdout.write(main(*map(Path, sys.argv[1:])))
