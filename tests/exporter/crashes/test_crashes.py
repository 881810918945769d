"""A run is killed at every step, while others write; the next finishes or undoes, and nothing is lost or done twice."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
import pytest

from exporter.engine.request import Request
from exporter.engine.run import DUE
from exporter.ledger.postgres import PostgresLedger
from exporter.ledger.sql import SqlLedger
from exporter.ledger.sqlite import SqliteLedger
from provisioner.emulator.embedded_aws import EmbeddedAws
from provisioner.exports.model import LedgerPlace
from tests.exporter.crashes.broken import BROKEN
from tests.exporter.crashes.exports import EXPORTS, NAME
from tests.exporter.crashes.places import LocalPlace, Place, RemotePlace
from tests.exporter.crashes.process import Scene, run
from tests.exporter.crashes.promises import Evidence, seen_too_early, wrongs
from tests.exporter.crashes.steps import Last
from tests.exporter.crashes.writers import TABLES, write_some, writing

RECOVERY: Final = 5
"""The run after a killed one is killed too, at one of so many first steps: amid what it finishes or undoes."""

IN_PIECES: Final = Request(task="core", full=True, piece=80)

Mutate = Callable[[], None] | None


@dataclass(frozen=True)
class World:
    """A source, some who write to it, and an export of it."""

    database: psycopg.Connection
    writers: tuple[psycopg.Connection, ...]
    scene: Scene

    def crash(self, lasts: Sequence[Last], mutate: Mutate = None) -> tuple[int, list[str]]:
        """Kill runs in a row, each at another step, let one more go to its end, and look at every row.

        Returns:
            How many steps the last run had, and what is wrong.
        """
        wrong: list[str] = []
        request = IN_PIECES if self.scene.export == "pieces" else DUE
        for last in lasts:
            with self.database.transaction():
                write_some(self.database, random.Random(str(last)))  # noqa: S311 - which rows are written is no secret
            with writing(self.writers):
                run(self.scene, last, mutate, request)
            request = DUE
            with self.evidence() as evidence:
                wrong += seen_too_early(evidence)
        steps = run(self.scene, mutate=mutate)
        assert steps
        with self.evidence() as evidence:
            while self.is_in_pieces(evidence):
                run(self.scene, mutate=mutate)
            return steps, [*wrong, *wrongs(evidence)]

    @contextmanager
    def evidence(self) -> Iterator[Evidence]:
        export = EXPORTS[self.scene.export]
        with ExitStack() as stack:
            ledger: SqlLedger = PostgresLedger(self.database, create=False)
            if export.ledger == LedgerPlace.FILE:
                ledger = stack.enter_context(closing(SqliteLedger(self.scene.ledger_file, create=False)))
            yield Evidence(
                database=self.database,
                ledger=ledger,
                place=self.scene.place,
                has_manifest=export.manifest is not None,
            )

    def is_in_pieces(self, evidence: Evidence) -> bool:
        """Whether a full export goes on in the next run."""
        output = evidence.ledger.last_output(NAME, self.scene.place.target.url, "core", None)
        return bool(output and output.last)


@pytest.fixture
def source(database: psycopg.Connection) -> psycopg.Connection:
    database.execute(TABLES)
    return database


@pytest.fixture
def world(
    export: str,
    where: str,
    source: psycopg.Connection,
    database_url: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[World]:
    with bucket(request.getfixturevalue("embedded_aws")) if where == "bucket" else folder(tmp_path) as place:
        scene = Scene(export=export, url=database_url, place=place, ledger_file=tmp_path / "ledger.sqlite")
        with psycopg.connect(database_url) as one, psycopg.connect(database_url) as another:
            yield World(source, (one, another), scene)


@contextmanager
def folder(within: Path) -> Iterator[Place]:
    made = within / "files"
    made.mkdir()
    yield LocalPlace(made)


@contextmanager
def bucket(aws: EmbeddedAws) -> Iterator[Place]:
    made = RemotePlace(aws.endpoint_url, str(aws.ca_bundle), aws.account_id, "exports-of-killed-runs")
    made.s3.create_bucket(Bucket=made.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    yield made
    for key in made.seen():
        made.s3.delete_object(Bucket=made.bucket, Key=key)
    made.s3.delete_bucket(Bucket=made.bucket)


@pytest.mark.parametrize(("export", "where"), [("packed", "folder"), ("pieces", "folder"), ("deleted", "bucket")])
def test_a_run_that_is_killed_at_any_step_is_finished_or_undone_by_the_next(world: World) -> None:
    step, steps = 1, world.crash([])[0]
    while step <= steps:
        last, wrong = world.crash([step, 1 + step // 4 % RECOVERY, step + 1, step + 2, step + 3])
        assert wrong == []
        step, steps = step + 4, max(steps, last)


@pytest.mark.parametrize(
    ("export", "where", "mutate", "last"), [(*scene, mutate, last) for mutate, (scene, last) in BROKEN.items()]
)
def test_a_broken_engine_is_found(world: World, mutate: Callable[[], None], last: Last) -> None:
    assert world.crash([last])[1] == []
    assert world.crash([last], mutate)[1] != []
