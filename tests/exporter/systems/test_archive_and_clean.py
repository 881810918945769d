"""Seed 001: what a knowledge base no longer needs is archived, and deleted there. Its HTTP API is tested in serve."""

from collections.abc import Callable
from typing import Final

import pytest

from exporter.engine.events import Event, FileStaged, TaskStarted
from exporter.failure import ExportError
from exporter.ledger.model import OutputState, RunState
from tests.exporter.systems.system import System

TABLES: Final = {
    "agency": "data_collection.agency",
    "source": "data_collection.source",
    "source_file": "data_collection.source_file",
    "source_run_page": "monitoring.source_run_page",
    "source_run_report": "monitoring.source_run_report",
}
"""The tasks, and the table of each."""
KEPT: Final = {
    "agency": ["a1", "a3"],
    "source": ["s1", "s3"],
    "source_file": ["f1"],
    "source_run_page": ["p3"],
    "source_run_report": ["r1", "r3"],
}
"""What is left after the first run. `a3`, `s3` and `r1` are still referred to when it begins."""
MIDNIGHT: Final = "{}-2025_01_01-12_00_00_AM.csv.gz"


def left(archive: System) -> dict[str, list[str]]:
    """The rows that are in the database, by task."""
    return {
        task: [key for (key,) in archive.database.execute(f"SELECT base_id FROM {table} ORDER BY 1")]  # noqa: S608 - ours
        for task, table in TABLES.items()
    }


def rows(archive: System, name: str) -> list[str]:
    """The keys of the rows in a file of one line a row."""
    return [line.partition(",")[0] for line in archive.read(name).decode().splitlines()[1:]]


def when(happened: Callable[[Event], bool], do: Callable[[], object]) -> Callable[[Event], None]:
    """An observer who does something once, at the first event of that kind."""
    done: list[Event] = []

    def observe(event: Event) -> None:
        if not done and happened(event):
            done.append(event)
            do()

    return observe


def starting(task: str) -> Callable[[Event], bool]:
    """A task is about to be read; the run's snapshot has been taken."""
    return lambda event: isinstance(event, TaskStarted) and event.task == task


class TestFirstRun:
    def test_each_folder_of_the_five_is_a_task(self, archive: System) -> None:
        assert [task.name for task in archive.export.tasks] == list(TABLES)

    def test_a_file_is_named_by_its_task_and_the_time(self, archive: System) -> None:
        archive.run()
        assert archive.names() == [MIDNIGHT.format(task) for task in TABLES]

    @pytest.mark.parametrize(
        ("moment", "named"),
        [
            ("2025-06-30T12:05:09+00:00", "2025_06_30-12_05_09_PM"),
            ("2025-06-30T23:59:59+00:00", "2025_06_30-11_59_59_PM"),
        ],
    )
    def test_the_time_is_the_real_one(self, archive: System, moment: str, named: str) -> None:
        archive.clock.set(moment)
        archive.run(task="agency")
        assert archive.names() == [f"agency-{named}.csv.gz"]

    @pytest.mark.parametrize("task", TABLES)
    def test_its_content_is_what_copy_writes(self, archive: System, task: str) -> None:
        archive.run(task=task)
        assert archive.read(MIDNIGHT.format(task)) == archive.golden(f"{task}.csv")

    def test_its_header_holds_neither_a_time_nor_a_name(self, archive: System) -> None:
        archive.run(task="agency")
        flags, *time = (archive.out / MIDNIGHT.format("agency")).read_bytes()[3:8]
        assert (flags, time) == (0, [0, 0, 0, 0])  # RFC 1952, 2.3: FLG and MTIME

    def test_what_was_exported_is_deleted_and_nothing_else(self, archive: System) -> None:
        archive.run()
        assert left(archive) == KEPT

    def test_what_was_still_referred_to_goes_with_the_next_run(self, archive: System) -> None:
        archive.run()
        archive.clock.set("2025-01-01T00:00:01+00:00")
        result = archive.run()
        assert {file.task: rows(archive, file.key) for file in result.files} == {
            "source": ["s3"],
            "source_run_report": ["r1"],
        }
        archive.clock.set("2025-01-01T00:00:02+00:00")
        archive.run()
        assert left(archive)["agency"] == ["a1"]

    def test_where_nothing_is_left_to_archive_there_is_no_file_and_the_run_is_empty(self, archive: System) -> None:
        for second in range(4):
            archive.clock.set(f"2025-01-01T00:00:0{second}+00:00")
            result = archive.run()
        assert result.run.state == RunState.EMPTY
        assert result.files == ()


class TestNames:
    def test_a_second_run_in_the_same_second_overwrites_nothing_and_deletes_nothing(self, archive: System) -> None:
        archive.run(task="agency")
        first = archive.read(MIDNIGHT.format("agency"))
        archive.database.execute("UPDATE data_collection.agency SET is_deleted = true")
        archive.database.execute("DELETE FROM monitoring.source_run_page")
        archive.database.execute("DELETE FROM monitoring.source_run_report")
        archive.database.execute("DELETE FROM data_collection.source_file")
        archive.database.execute("DELETE FROM data_collection.source")
        result = archive.run(task="agency")
        assert result.run.state == RunState.FAILED
        assert MIDNIGHT.format("agency") in (result.run.error or "")
        assert archive.read(MIDNIGHT.format("agency")) == first
        assert left(archive)["agency"] == ["a1", "a3"]

    def test_a_second_run_of_the_day_has_files_of_its_own(self, archive: System) -> None:
        archive.run(task="source_file")
        archive.clock.set("2025-01-01T18:00:00+00:00")
        archive.database.execute("UPDATE data_collection.source_file SET is_deleted = true")
        archive.run(task="source_file")
        assert rows(archive, "source_file-2025_01_01-06_00_00_PM.csv.gz") == ["f1"]
        assert archive.read(MIDNIGHT.format("source_file")) == archive.golden("source_file.csv")


class TestOthersAtWork:
    """While a run is under way, others insert, change and delete. What is deleted is what was exported."""

    def test_a_row_that_came_while_it_ran_stays_for_the_next_run(self, archive: System) -> None:
        def come() -> None:
            archive.database.execute(
                "INSERT INTO data_collection.source_file VALUES"
                " ('f4', 's1', 'late', 'pdf', NULL, NULL, 'processed', true, now())"
            )

        archive.run(when(starting("source_file"), come), task="source_file")
        assert archive.read(MIDNIGHT.format("source_file")) == archive.golden("source_file.csv")
        assert left(archive)["source_file"] == ["f1", "f4"]

    def test_a_row_that_is_changed_while_it_runs_is_exported_as_it_was_deleted(self, archive: System) -> None:
        def change() -> None:
            archive.database.execute("UPDATE data_collection.source_file SET status = 'late' WHERE base_id = 'f2'")

        written = lambda event: isinstance(event, FileStaged)  # noqa: E731 - a name for the argument
        result = archive.run(when(written, change), task="source_file")
        assert result.run.state == RunState.PUBLISHED
        assert b'f2,s1,"report 1, old",pdf,cd34,1000,late,t,' in archive.read(MIDNIGHT.format("source_file"))
        assert left(archive)["source_file"] == ["f1"]

    def test_a_row_that_is_wanted_again_while_it_runs_is_neither_exported_nor_deleted(self, archive: System) -> None:
        def want() -> None:
            archive.database.execute("UPDATE data_collection.source_file SET is_deleted = false WHERE base_id = 'f2'")

        written = lambda event: isinstance(event, FileStaged)  # noqa: E731 - a name for the argument
        archive.run(when(written, want), task="source_file")
        assert left(archive)["source_file"] == ["f1", "f2"]
        assert b"f2," not in archive.read(MIDNIGHT.format("source_file"))


class TestFailures:
    def test_where_the_queries_disagree_nothing_is_deleted_and_no_file_is_left(self, archive: System) -> None:
        delete = archive.checkout / "push_datasets/common_knowledge/tasks/source_file/delete.sql"
        delete.write_text("DELETE FROM data_collection.source_file;\n")  # f1 too, which is not selected
        result = archive.run(task="source_file")
        assert result.run.state == RunState.FAILED
        assert "source_file" in (result.run.error or "")
        assert archive.names() == []
        assert left(archive)["source_file"] == ["f1", "f2", "f3"]

    def test_a_task_that_fails_hides_no_other(self, archive: System) -> None:
        archive.database.execute("ALTER TABLE data_collection.source_file RENAME COLUMN extension TO suffix")
        result = archive.run()
        assert result.run.state == RunState.FAILED
        states = {output.task: output.state for output in result.outputs}
        assert states.pop("source_file") == OutputState.FAILED
        assert set(states.values()) == {OutputState.PUBLISHED}
        assert left(archive) == {**KEPT, "source_file": ["f1", "f2", "f3"]}

    def test_an_unknown_task_is_said_so_with_those_that_there_are(self, archive: System) -> None:
        with pytest.raises(ExportError, match="agency"):
            archive.run(task="agencies")

    def test_what_is_referred_to_from_outside_is_not_deleted(self, archive: System) -> None:
        archive.database.execute("CREATE TABLE note (agency text REFERENCES data_collection.agency)")
        archive.database.execute("INSERT INTO note VALUES ('a2')")
        result = archive.run(task="agency")
        assert result.run.state == RunState.FAILED
        assert archive.names() == []
        assert "a2" in left(archive)["agency"]
