"""Every promise of the engine, as what would be wrong if it did not hold."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import LiteralString

import psycopg

from exporter.ledger.model import File, Output
from exporter.ledger.sql import SqlLedger
from provisioner.exports.model import Publish
from tests.exporter.crashes.contents import Row, counted, rows_of, table
from tests.exporter.crashes.exports import NAME
from tests.exporter.crashes.places import Place


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What there is to look at, while nobody writes."""

    database: psycopg.Connection
    ledger: SqlLedger
    place: Place
    has_manifest: bool

    def files(self) -> list[File]:
        return self.ledger.files(NAME, self.place.target.url)

    def manifests(self) -> list[File]:
        return self.ledger.manifests(NAME, self.place.target.url)


def seen_too_early(evidence: Evidence) -> list[str]:
    """What must not be seen at any moment, also just after a process was killed."""
    committed = defaultdict(set)
    for file in [*evidence.files(), *evidence.manifests()]:
        committed[file.key].add(file.sha256)
    seen = evidence.place.seen()
    revealed = {file.key for file in evidence.files() if file.revealed_at}
    replaced = {file.key for file in evidence.files() if file.publish is Publish.REPLACE}
    return [
        *(f"{key} is seen and was not committed" for key in seen - set(committed)),
        *(f"{key} was seen and is not any more" for key in revealed - seen),
        *(
            f"{key} is no file that was committed"
            for key in replaced & seen
            if _sha256(evidence.place.read(key)) not in committed[key]
        ),
    ]


def wrongs(evidence: Evidence) -> list[str]:
    """What is wrong after a run that went to its end."""
    files = evidence.files()
    data = {key: evidence.place.read(key) for key in evidence.place.seen()}
    outputs = [
        output
        for run in evidence.ledger.runs(NAME, evidence.place.target.url, limit=10_000)
        for output in evidence.ledger.outputs(run.id)
        if output.base is not None
    ]
    rows = {file: rows_of(file.key, data[file.key]) for file in _last(files) if file.key in data}
    return [
        *seen_too_early(evidence),
        *_files_wrong(evidence, data),
        *_counts_wrong(data, rows),
        *_numbers_wrong(outputs),
        *_outbox_wrong(evidence.database, rows),
        *_visits_wrong(evidence.database, rows, outputs),
        *_latest_wrong(evidence.database, rows),
    ]


def _last(files: list[File]) -> list[File]:
    """Of a key that is replaced, the last file."""
    return list({file.key: file for file in files}.values())


def _files_wrong(evidence: Evidence, data: Mapping[str, bytes]) -> Iterator[str]:
    files, manifests = evidence.files(), evidence.manifests()
    once = Counter(file.key for file in [*files, *manifests] if file.publish is Publish.ONCE)
    if twice := [key for key, times in once.items() if times > 1]:
        yield f"keys were used twice: {twice}"
    known = {file.key: file for file in [*files, *manifests]}
    if set(data) != set(known):
        yield f"the target and the ledger differ: {set(data) ^ set(known)}"
    if left := evidence.place.left_over():
        yield f"nobody knows of {left}"
    for key in set(data) & set(known):
        if _sha256(data[key]) != known[key].sha256:
            yield f"{key} is not what was staged"
    listed = Counter(row["name"] for file in manifests if file.key in data for row in table(data[file.key]))
    if evidence.has_manifest and listed != Counter(file.key for file in files):
        yield f"the manifests and the files differ: {listed - Counter(file.key for file in files)}"


def _counts_wrong(data: Mapping[str, bytes], rows: Mapping[File, list[Row]]) -> Iterator[str]:
    for file, some in rows.items():
        if file.records != len(some):
            yield f"{file.key} holds {len(some)} records and the ledger says {file.records}"
        if file.key.endswith(".zip") and counted(data[file.key]) != len(some):
            yield f"{file.key} holds {len(some)} records and its manifest says {counted(data[file.key])}"


def _numbers_wrong(outputs: list[Output]) -> Iterator[str]:
    used = defaultdict(list)
    for output in outputs:
        used[output.task, output.partition].append((output.base or 0, output.increment or 0))
    for who, numbers in used.items():
        bases = {base: [increment for _, increment in some] for base, some in groupby(sorted(numbers), itemgetter(0))}
        if any(list(some) != list(range(1, len(some) + 1)) for some in (bases, *bases.values())):
            yield f"the numbers of {who} are {bases}"


def _outbox_wrong(database: psycopg.Connection, rows: Mapping[File, list[Row]]) -> Iterator[str]:
    published = _of("outbox", rows)
    if not published:
        return
    written = _pairs(database, "SELECT id, max(version) FROM outbox_log GROUP BY id")
    left = _pairs(database, "SELECT id, version FROM outbox")
    if len(dict(published)) != len(published):
        yield "a row was deleted once and published twice"
    if gone := {row for row in written.items() if row[0] not in left} ^ set(published):
        yield f"what is deleted is not what is published: {gone}"


def _visits_wrong(database: psycopg.Connection, rows: Mapping[File, list[Row]], outputs: list[Output]) -> Iterator[str]:
    published = Counter(_of("core", rows))
    if not published:
        return
    visits = database.execute("SELECT id, version FROM visit").fetchall()
    # A row that has changed once by each cursor may be due twice: it is seen as it is now in both windows.
    changes = _pairs(database, "SELECT id, 1 + (values_updated_at IS NOT NULL)::int FROM visit")
    bases = max((output.base or 0 for output in outputs if output.task == "core"), default=0)
    if twice := [row for row, times in published.items() if times > changes[row[0]] + bases - 1]:
        yield f"published again without a change: {twice}"
    if missing := set(visits) - set(published):
        yield f"changed and never published: {missing}"
    runs = {output.run for output in outputs if output.task == "core" and output.base == bases}
    whole = {row for file, some in rows.items() if file.task == "core" and file.run in runs for row in some}
    if bases > 1 and (missing := set(visits) - whole):
        yield f"missing in the full export, which is complete: {missing}"


def _latest_wrong(database: psycopg.Connection, rows: Mapping[File, list[Row]]) -> Iterator[str]:
    published = _of("latest", rows)
    if published and set(published) != set(database.execute("SELECT id, version FROM visit").fetchall()):
        yield "what is replaced is not all that there is"


def _of(task: str, rows: Mapping[File, list[Row]]) -> list[Row]:
    return [row for file, some in rows.items() if file.task == task for row in some]


def _pairs(database: psycopg.Connection, statement: LiteralString) -> dict[int, int]:
    return dict(database.execute(statement).fetchall())


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
