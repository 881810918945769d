"""A process that runs an export and is killed at a step of it, and the world that it is killed in."""

import csv
import hashlib
import multiprocessing
import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, LiteralString

import psycopg

from exporter.database import window
from exporter.engine.events import Event, Progress
from exporter.engine.run import run_export
from exporter.ledger.model import File
from exporter.ledger.postgres import PostgresLedger
from exporter.publish.folder import Folder
from exporter.publish.target import Sink, Staged
from provisioner.exports.model import Mode, Publish
from tests.exporter.engine.exports import MANIFEST, export, query, task

NAME: Final = "visits"
YEARS: Final = (2023, 2024)
EXPORT: Final = export(
    task(
        "SELECT id, version, updated_at, values_updated_at FROM visit WHERE year = :year",
        name="core",
        mode=Mode.WINDOW,
        cursor=("updated_at", "values_updated_at"),
        partitions=query("SELECT year FROM visit GROUP BY year ORDER BY year"),
        key="{task}_{year}_f{base:04}_inc{increment:04}_{part}.csv",
        records_per_part=12,
    ),
    task(
        "SELECT id, version FROM outbox",
        name="outbox",
        delete=query("DELETE FROM outbox"),
        key="{task}_{base}_{increment}_{part}.csv",
        records_per_part=12,
    ),
    manifest=MANIFEST,
)
"""Windows of partitions, and rows that are deleted; each in more than one file."""

TABLES: Final = """
CREATE SEQUENCE version;
CREATE TABLE visit (
    id bigserial PRIMARY KEY, year int NOT NULL, version bigint NOT NULL DEFAULT nextval('version'),
    updated_at timestamptz NOT NULL DEFAULT now(), values_updated_at timestamp
);
CREATE TABLE outbox (id bigserial PRIMARY KEY, version bigint NOT NULL DEFAULT nextval('version'));
CREATE TABLE outbox_log (id bigint, version bigint);
"""


Last = int | type[Event] | None
"""At which step a run's process is killed."""


class Steps:
    """Counts what a run does, and kills its process at one of them, or at the first event of a kind."""

    def __init__(self, last: Last) -> None:
        self.count = 0
        self._last = last

    def take(self, event: Event | None = None) -> None:
        if isinstance(event, Progress):
            return
        self.count += 1
        if self.count == self._last or type(event) is self._last:
            os.kill(os.getpid(), signal.SIGKILL)


class SteppingSink:
    """A file, with a step before and after each thing that can be half done."""

    def __init__(self, sink: Sink, steps: Steps) -> None:
        self._sink, self._steps = sink, steps
        self.token, self.write, self.discard = sink.token, sink.write, sink.discard

    def stage(self) -> Staged:
        staged = self._sink.stage()
        self._steps.take()
        return staged


class SteppingFolder(Folder):
    """A folder, likewise."""

    def __init__(self, folder: Path, steps: Steps) -> None:
        super().__init__(folder)
        self._steps = steps

    def open(self, key: str, publish: Publish) -> Sink:  # type: ignore[override] # a sink is all that a run asks for
        return SteppingSink(super().open(key, publish), self._steps)

    def reveal(self, staged: Staged, publish: Publish) -> None:
        super().reveal(staged, publish)
        self._steps.take()

    def abandon(self, token: str) -> None:
        super().abandon(token)
        self._steps.take()


if TYPE_CHECKING:
    Ended = multiprocessing.Queue[tuple[int, str | None]]
    """The number of steps, and the run's error."""


def _child(
    url: str,
    folder: Path,
    last: Last,
    mutate: Callable[[], None] | None,
    ended: "Ended",
) -> None:
    window.GRAIN = timedelta(milliseconds=1)  # the test need not wait for the next second
    window.GRACE = 0.005  # type: ignore[misc] # the server is on this machine, and few use it
    if mutate:
        mutate()
    steps = Steps(last)
    result = run_export(NAME, EXPORT, url=url, target=SteppingFolder(folder, steps), observe=steps.take)
    ended.put((steps.count, result.run.error))


FORKS: Final = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])


def run(url: str, folder: Path, last: Last = None, mutate: Callable[[], None] | None = None) -> int | None:
    """Run the export in a process of its own.

    Args:
        url: of the database.
        folder: the target.
        last: the step at which the process is killed; None for none.
        mutate: breaks the engine in that process.

    Returns:
        How many steps there were; None where it was killed.
    """
    ended: Ended = FORKS.Queue()
    process = FORKS.Process(target=_child, args=(url, folder, last, mutate, ended))
    process.start()
    process.join(30)
    if process.exitcode == -signal.SIGKILL:
        return None
    assert process.exitcode == 0, "it hangs, or has an error that is not an ExportError"
    steps, error = ended.get()
    assert not error or mutate, error
    return steps


@contextmanager
def writers(url: str, number: int = 2) -> Iterator[None]:
    """Others who write meanwhile, in transactions that end late and in any order."""
    over = threading.Event()
    threads = [threading.Thread(target=_write, args=(url, seed, over)) for seed in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _write(url: str, seed: int, over: threading.Event) -> None:
    chance = random.Random(seed)  # noqa: S311 - which rows are written is no secret
    with psycopg.connect(url) as connection:
        for _ in range(3):
            if over.wait(chance.random() / 20):
                break
            connection.execute("SELECT now()")
            over.wait(chance.random() / 20)
            write_some(connection, chance)
            connection.commit()


def write_some(connection: psycopg.Connection, chance: random.Random) -> None:
    """One transaction's writes."""
    connection.execute("INSERT INTO visit (year) VALUES (%s)", (chance.choice(YEARS),))
    bulk = chance.random() < 0.5
    connection.execute(
        "UPDATE visit SET updated_at = CASE WHEN %(bulk)s THEN updated_at ELSE now() END,"
        " values_updated_at = CASE WHEN %(bulk)s THEN now() AT TIME ZONE 'UTC' ELSE values_updated_at END,"
        " version = nextval('version')"
        " WHERE id = (SELECT id FROM visit ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED)",
        {"bulk": bulk},
    )
    connection.execute(
        "WITH new AS (INSERT INTO outbox SELECT FROM generate_series(1, 3) RETURNING *),"
        " changed AS (UPDATE outbox SET version = nextval('version') WHERE id = (SELECT id FROM outbox"
        " ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *)"
        " INSERT INTO outbox_log SELECT * FROM new UNION ALL SELECT * FROM changed"
    )


def wrongs(database: psycopg.Connection, folder: Path) -> list[str]:
    """Every promise of the engine that does not hold, after a run that went to its end and while nobody writes."""
    ledger = PostgresLedger(database, create=False)
    target = Folder(folder).url
    files = ledger.files(NAME, target)
    rows = {file.key: _rows(folder / file.key) for file in files if (folder / file.key).exists()}
    return [
        *_files_wrong(folder, files, ledger.manifests(NAME, target)),
        *_numbers_wrong(database),
        *_outbox_wrong(database, rows),
        *_visits_wrong(database, rows),
    ]


def _files_wrong(folder: Path, files: list[File], manifests: list[File]) -> Iterator[str]:
    known = {file.key: file for file in [*files, *manifests]}
    if len(known) != len(files) + len(manifests):
        yield "a key was used twice"
    there = {path.name for path in folder.iterdir()}
    if there != set(known):
        yield f"the folder and the ledger differ: {there ^ set(known)}"
    for key in there & set(known):
        if hashlib.sha256((folder / key).read_bytes()).hexdigest() != known[key].sha256:
            yield f"{key} is not what was staged"
    listed = [row["name"] for file in manifests for row in _read(folder / file.key) if (folder / file.key).exists()]
    if Counter(listed) != Counter(file.key for file in files):
        yield f"the manifests and the files differ: {Counter(listed) - Counter(file.key for file in files)}"


def _numbers_wrong(database: psycopg.Connection) -> Iterator[str]:
    for task_, part, numbers in database.execute(
        "SELECT task, part, array_agg(increment ORDER BY increment) FROM exporter.output WHERE base = 1 GROUP BY 1, 2"
    ):
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"the numbers of {task_} {part} are {numbers}"


def _outbox_wrong(database: psycopg.Connection, rows: Mapping[str, list[tuple[int, int]]]) -> Iterator[str]:
    written = _pairs(database, "SELECT id, max(version) FROM outbox_log GROUP BY id")
    left = _pairs(database, "SELECT id, version FROM outbox")
    published = [row for key, some in rows.items() if key.startswith("outbox") for row in some]
    if len(dict(published)) != len(published):
        yield "a row was deleted once and published twice"
    if gone := {row for row in written.items() if row[0] not in left} ^ set(published):
        yield f"what is deleted is not what is published: {gone}"


def _visits_wrong(database: psycopg.Connection, rows: Mapping[str, list[tuple[int, int]]]) -> Iterator[str]:
    published = Counter(row for key, some in rows.items() if key.startswith("core") for row in some)
    # A row that has changed once by each cursor may be due twice: it is seen as it is now in both windows.
    changes = _pairs(database, "SELECT id, 1 + (values_updated_at IS NOT NULL)::int FROM visit")
    if twice := [row for row, times in published.items() if times > changes[row[0]]]:
        yield f"published again without a change: {twice}"
    if missing := set(database.execute("SELECT id, version FROM visit").fetchall()) - set(published):
        yield f"changed and never published: {missing}"


def _pairs(database: psycopg.Connection, statement: LiteralString) -> dict[int, int]:
    return dict(database.execute(statement).fetchall())


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _rows(path: Path) -> list[tuple[int, int]]:
    return [(int(row["id"]), int(row["version"])) for row in _read(path)]
