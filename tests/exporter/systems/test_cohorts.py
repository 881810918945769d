"""Seed 004: a file for each active cohort, replaced whole by every run."""

from typing import Final

import pytest

from exporter.engine.events import Event, FileRevealed, TaskStarted
from exporter.ledger.model import OutputState, RunState
from tests.exporter.systems.system import System

COHORTS: Final = ("Not begun", "Vouchers 2020", "Weekly_paper-1")


def add_cohort(cohorts: System, name: str) -> None:
    """One more active cohort, with one item."""
    cohorts.database.execute("INSERT INTO cohort VALUES (%s, true)", [name])
    cohorts.database.execute(
        "INSERT INTO cohort_item (cohort_name, subscription_name, processing_stage) VALUES (%s, 'A-1', 'New')", [name]
    )


class TestFiles:
    def test_there_is_one_for_each_active_cohort(self, cohorts: System) -> None:
        cohorts.run()
        assert cohorts.names() == [f"data/{cohort}.csv" for cohort in COHORTS]

    @pytest.mark.parametrize("cohort", COHORTS)
    def test_every_field_is_quoted_the_header_is_there_and_lines_end_as_on_windows(
        self, cohorts: System, cohort: str
    ) -> None:
        cohorts.run()
        assert cohorts.read(f"data/{cohort}.csv") == cohorts.golden(f"{cohort}.csv")

    def test_a_cohort_without_items_is_a_header_alone(self, cohorts: System) -> None:
        result = cohorts.run()
        assert cohorts.read("data/Not begun.csv").count(b"\r\n") == 1
        states = {output.partition: output.state for output in result.outputs}
        assert states == {
            "Not begun": OutputState.EMPTY,
            "Vouchers 2020": OutputState.PUBLISHED,
            "Weekly_paper-1": OutputState.PUBLISHED,
        }

    def test_a_file_is_replaced_whole(self, cohorts: System) -> None:
        cohorts.run()
        cohorts.database.execute("DELETE FROM cohort_item WHERE subscription_name = 'A-S00000001'")
        cohorts.run()
        lines = cohorts.golden("Vouchers 2020.csv").splitlines(keepends=True)
        assert cohorts.read("data/Vouchers 2020.csv") == lines[0] + lines[2]

    def test_a_cohort_whose_items_are_gone_is_replaced_by_a_header(self, cohorts: System) -> None:
        cohorts.run()
        cohorts.database.execute("DELETE FROM cohort_item WHERE cohort_name = 'Vouchers 2020'")
        cohorts.run()
        assert cohorts.read("data/Vouchers 2020.csv") == cohorts.golden("Not begun.csv")

    def test_the_file_of_a_finished_cohort_stays_as_it_was(self, cohorts: System) -> None:
        cohorts.run()
        cohorts.database.execute("UPDATE cohort SET active = false WHERE name = 'Vouchers 2020'")
        cohorts.database.execute("DELETE FROM cohort_item WHERE cohort_name = 'Vouchers 2020'")
        cohorts.run()
        assert cohorts.read("data/Vouchers 2020.csv") == cohorts.golden("Vouchers 2020.csv")

    def test_a_run_that_found_nothing_new_writes_the_same_bytes(self, cohorts: System) -> None:
        cohorts.run()
        first = {name: cohorts.read(name) for name in cohorts.names()}
        cohorts.run()
        assert {name: cohorts.read(name) for name in cohorts.names()} == first


class TestNames:
    @pytest.mark.parametrize("name", ["../secrets", "a/b", ".hidden", "tab\there", "what?", "Ünicode", "a.b"])
    def test_one_that_is_not_safe_is_an_error_that_names_the_cohort_and_hides_no_other(
        self, cohorts: System, name: str
    ) -> None:
        add_cohort(cohorts, name)
        result = cohorts.run()
        assert result.run.state == RunState.FAILED
        assert repr(name).strip("'") in (result.run.error or "")
        assert cohorts.names() == [f"data/{cohort}.csv" for cohort in COHORTS]
        failed = [output.partition for output in result.outputs if output.state == OutputState.FAILED]
        assert failed == [name]

    def test_letters_digits_hyphens_underscores_and_spaces_are_safe(self, cohorts: System) -> None:
        add_cohort(cohorts, "az AZ_09-")
        cohorts.run()
        assert "data/az AZ_09-.csv" in cohorts.names()

    def test_a_quote_in_a_name_reaches_the_query_as_a_value(self, cohorts: System) -> None:
        add_cohort(cohorts, "x' OR true --")
        result = cohorts.run()
        assert result.run.state == RunState.FAILED
        assert sum(file.records for file in result.files) == 3


class TestParallel:
    def test_as_many_run_at_a_time_as_the_file_says_and_no_more(self, cohorts: System) -> None:
        for number in range(6):
            add_cohort(cohorts, f"more {number}")
        under_way: set[str | None] = set()
        most = 0

        def observe(event: Event) -> None:  # is called by one thread at a time
            nonlocal most
            if isinstance(event, TaskStarted):
                under_way.add(event.partition)
                most = max(most, len(under_way))
            elif isinstance(event, FileRevealed):
                under_way.remove(event.partition)

        cohorts.run(observe)
        assert most == cohorts.export.parallel == 2

    def test_the_bytes_are_those_of_one_after_another(self, cohorts: System) -> None:
        cohorts.run()
        first = {name: cohorts.read(name) for name in cohorts.names()}
        cohorts.edit("parallel: 2", "parallel: 1")
        cohorts.run()
        assert {name: cohorts.read(name) for name in cohorts.names()} == first


@pytest.mark.parametrize("word", ["parquet", "orc"])
def test_another_format_is_one_word(cohorts: System, word: str) -> None:
    from pyarrow import orc, parquet

    cohorts.edit("format: csv", f"format: {word}")
    cohorts.run()
    assert cohorts.names() == [f"data/{cohort}.{word}" for cohort in COHORTS]
    read = {"parquet": parquet.read_table, "orc": orc.read_table}[word]
    table = read(cohorts.out / f"data/Vouchers 2020.{word}")
    assert table.column("subscription_name").to_pylist() == ["A-S00000001", "A-S00000002"]
    assert [str(price) for price in table.column("old_price").to_pylist()] == ["20.79", "10.00"]
    assert read(cohorts.out / f"data/Not begun.{word}").num_rows == 0


class TestNothingAndBroken:
    def test_no_active_cohort_is_an_empty_run_that_went_well(self, cohorts: System) -> None:
        cohorts.database.execute("UPDATE cohort SET active = false")
        result = cohorts.run()
        assert result.run.state == RunState.EMPTY
        assert result.run.error is None
        assert (result.outputs, result.files) == ((), ())

    def test_a_broken_source_is_a_failed_run(self, cohorts: System) -> None:
        cohorts.database.execute("ALTER TABLE cohort RENAME TO cohort_old")
        result = cohorts.run()
        assert result.run.state == RunState.FAILED
        assert "cohort" in (result.run.error or "")
