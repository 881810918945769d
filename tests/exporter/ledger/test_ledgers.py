"""Both ledgers keep the same promises."""

import datetime
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from exporter.failure import ExportError, TakenError
from exporter.ledger.model import File, Kind, Number, Output, OutputState, RunState
from exporter.ledger.postgres import PostgresLedger
from exporter.ledger.sql import SqlLedger
from exporter.ledger.sqlite import SqliteLedger
from provisioner.exports.model import Publish

NOON = datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.UTC)
DAY = NOON.date()
WHO = ("visits", "file:///a/")


@pytest.fixture(params=["postgres", "sqlite"])
def ledger(request: pytest.FixtureRequest, database: psycopg.Connection, tmp_path: Path) -> Iterator[SqlLedger]:
    if request.param == "postgres":
        yield PostgresLedger(database)
    else:
        with closing(SqliteLedger(tmp_path / "ledger.sqlite")) as made:
            yield made


@pytest.fixture
def source(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url) as connection:
        yield connection


def start(ledger: SqlLedger, day: datetime.date = DAY) -> int:
    return ledger.start(*WHO, Kind.PARTIAL, at=NOON, day=day, holder="here").id


def output(run: int, increment: int | None = 1, **rest: object) -> Output:
    values = {
        "task": "core",
        "partition": "2024",
        "state": OutputState.STAGED,
        "base": increment and 1,
        "records": 3,
        "since": None,
        "until": NOON,
        "error": None,
    }
    return Output(run=run, increment=increment, **{**values, **rest})  # type: ignore[arg-type] # of the right types


def file(run: int, key: str = "a.csv", publish: Publish = Publish.ONCE) -> File:
    return File(
        run=run,
        task="core",
        partition="2024",
        key=key,
        bytes=1,
        sha256="00",
        records=3,
        token=f"{key} {run}",
        publish=publish,
        staged_at=NOON,
        revealed_at=None,
        manifest=None,
    )


def test_runs_are_numbered_by_the_day(ledger: SqlLedger) -> None:
    for day in (DAY, DAY, DAY + datetime.timedelta(days=1)):
        start(ledger, day)
    assert [run.number for run in ledger.runs(*WHO)] == [1, 2, 1]
    assert ledger.runs(*WHO)[0].started_at == NOON


def test_what_is_committed_is_read_back_and_is_the_next_window_s_begin(
    ledger: SqlLedger, source: psycopg.Connection
) -> None:
    run = start(ledger)
    ledger.commit(source, output(run), [file(run)], moves=True)
    assert ledger.outputs(run) == [output(run)]
    assert ledger.files(*WHO) == [file(run)]
    assert ledger.number(*WHO, "core", "2024") == Number(1, 1)
    assert ledger.cursor(*WHO, "core", "2024") == NOON
    assert ledger.cursor(*WHO, "core", "2025") is None


def test_with_its_last_file_an_output_is_published(ledger: SqlLedger, source: psycopg.Connection) -> None:
    run = start(ledger)
    files = [file(run, "a.csv"), file(run, "b.csv")]
    ledger.commit(source, output(run), files, moves=True)
    states = []
    for each in files:
        ledger.reveal(each, at=NOON)
        states.append(ledger.outputs(run)[0].state)
    assert states == [OutputState.STAGED, OutputState.PUBLISHED]


def test_a_key_that_is_put_once_is_never_used_again(ledger: SqlLedger, source: psycopg.Connection) -> None:
    first, second = start(ledger), start(ledger)
    ledger.commit(source, output(first), [file(first)], moves=True)
    with pytest.raises(TakenError, match=r"'a\.csv' was published before"):
        ledger.commit(source, output(second, 2), [file(second)], moves=True)
    source.rollback()
    assert ledger.outputs(second) == []


def test_a_key_that_is_replaced_is_used_again(ledger: SqlLedger, source: psycopg.Connection) -> None:
    for increment in (1, 2):
        run = start(ledger)
        ledger.commit(source, output(run, increment), [file(run, publish=Publish.REPLACE)], moves=True)
    assert len(ledger.files(*WHO, key="a.csv")) == 2


def test_no_number_is_used_twice(ledger: SqlLedger, source: psycopg.Connection) -> None:
    first, second = start(ledger), start(ledger)
    ledger.commit(source, output(first), [], moves=True)
    with pytest.raises((ExportError, psycopg.errors.UniqueViolation)):
        ledger.commit(source, output(second), [], moves=True)


def test_outputs_without_a_number_are_as_many_as_there_are(ledger: SqlLedger, source: psycopg.Connection) -> None:
    run = start(ledger)
    for _ in range(2):
        ledger.commit(source, output(run, None, state=OutputState.EMPTY), [], moves=True)
    assert ledger.number(*WHO, "core", "2024") is None


def test_a_run_that_was_taken_for_dead_commits_nothing_more(ledger: SqlLedger, source: psycopg.Connection) -> None:
    run = start(ledger)
    assert [dead.state for dead in ledger.bury(*WHO, at=NOON)] == [RunState.FAILED]
    with pytest.raises(ExportError, match="took this run for dead"):
        ledger.commit(source, output(run), [file(run)], moves=True)
    assert ledger.files(*WHO) == []


def test_a_token_without_a_commit_is_an_orphan(ledger: SqlLedger, source: psycopg.Connection) -> None:
    run = start(ledger)
    for token in ("a.csv 1", "lost"):
        ledger.stage(run, token)
    ledger.commit(source, output(run), [file(run)], moves=True)
    assert ledger.orphans(*WHO) == ["lost"]
    ledger.forget(["lost"])
    assert ledger.orphans(*WHO) == []


def test_a_failed_output_moves_no_cursor_and_uses_no_number(ledger: SqlLedger) -> None:
    ledger.fail(output(start(ledger), None, state=OutputState.FAILED, error="no"))
    assert ledger.cursor(*WHO, "core", "2024") is None
    assert ledger.number(*WHO, "core", "2024") is None


def test_to_look_makes_no_ledger(database: psycopg.Connection, tmp_path: Path) -> None:
    with closing(SqliteLedger(tmp_path / "ledger.sqlite", create=False)) as file_ledger:
        assert file_ledger.runs("visits") == PostgresLedger(database, create=False).runs("visits") == []
    assert not list(tmp_path.iterdir())
    assert database.execute("SELECT to_regnamespace('exporter')").fetchall() == [(None,)]


def test_a_ledger_of_a_newer_exporter_is_left_alone(ledger: SqlLedger) -> None:
    with ledger.transaction() as execute:
        execute("INSERT INTO exporter.version (version) VALUES (99)")
        with pytest.raises(ExportError, match="run the newer exporter"):
            ledger.migrate(execute, 99)


def test_a_file_that_is_no_ledger_is_said(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_text("not a database, and long enough to be looked at" * 20)
    with pytest.raises(ExportError, match=r"the ledger in .*ledger\.sqlite: file is not a database"):
        SqliteLedger(tmp_path / "ledger.sqlite")
