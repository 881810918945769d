"""Seed 000: lettings logs of each collection year, users and organisations, for the Consolidated Data Store."""

import re
import zipfile
from typing import Final

import pytest

from exporter.engine.events import Event, TaskStarted
from exporter.engine.run import Result
from exporter.ledger.model import Kind, OutputState, RunState
from tests.exporter.systems.system import System

CORE: Final = "core_{}_apr_mar_f{:04}_inc{:04}.zip"
PREVIOUS, CURRENT, NEXT = "2024_2025", "2025_2026", "2026_2027"
FIRST: Final = (
    "core_2024_2025_apr_mar_f0001_inc0001",
    "core_2025_2026_apr_mar_f0001_inc0001",
    "users_2024_2025_apr_mar_f0001_inc0001",
    "organisations_2024_2025_apr_mar_f0001_inc0001",
)
"""The archives of the first run, in the order of the tasks and of their years."""
HEADER: Final = b"zip-name,date-time zipped folder generated,zip-file-uri\n"


def touch(cds: System, log: int, at: str) -> None:
    """Somebody edits a log through the service, at a time in UTC."""
    cds.database.execute("UPDATE lettings_logs SET updated_at = %s WHERE id = %s", (at, log))


def ids(cds: System, archive: str) -> list[str]:
    """The form ids in an archive, in their order."""
    with cds.archive(archive) as opened:
        texts = [opened.read(name).decode() for name in opened.namelist() if name != "manifest.xml"]
    return re.findall("<formid>(.*)</formid>", "".join(texts))


def states(result: Result) -> list[tuple[str, str | None, OutputState]]:
    """What became of each collection, in the order of the run."""
    return [(output.task, output.partition, output.state) for output in result.outputs]


class TestFirstRun:
    """To the byte."""

    def test_it_makes_an_archive_for_each_collection_that_has_records_and_a_master_manifest(self, cds: System) -> None:
        result = cds.run()
        assert result.run.state == RunState.PUBLISHED
        assert cds.names() == sorted(["Manifest_2025_05_01_0001.csv", *(f"{name}.zip" for name in FIRST)])

    def test_the_master_manifest_lists_the_archives_in_the_order_of_the_run(self, cds: System) -> None:
        cds.run()
        assert cds.read("Manifest_2025_05_01_0001.csv") == cds.golden("Manifest_2025_05_01_0001.csv")

    @pytest.mark.parametrize("stem", FIRST)
    def test_the_records_are_the_bytes_that_cds_takes(self, cds: System, stem: str) -> None:
        cds.run()
        with cds.archive(f"{stem}.zip") as archive:
            assert archive.read(f"{stem}_pt001.xml") == cds.golden(f"{stem}_pt001.xml")

    def test_the_manifest_counts_the_records_and_is_last_in_the_archive(self, cds: System) -> None:
        cds.run()
        stem = "users_2024_2025_apr_mar_f0001_inc0001"
        with cds.archive(f"{stem}.zip") as archive:
            assert archive.namelist() == [f"{stem}_pt001.xml", "manifest.xml"]
            assert archive.read("manifest.xml") == cds.golden("manifest_of_three.xml")

    def test_a_field_of_a_later_year_is_not_in_an_earlier_years_archive(self, cds: System) -> None:
        cds.run()
        texts = {
            year: cds.archive(CORE.format(year, 1, 1)).read(CORE.format(year, 1, 1).replace(".zip", "_pt001.xml"))
            for year in (PREVIOUS, CURRENT)
        }
        assert {year: b"<carehome" in text for year, text in texts.items()} == {PREVIOUS: False, CURRENT: True}
        assert all(b"<declaration" in text for text in texts.values())

    def test_collections_run_in_the_order_of_the_file_and_of_the_years(self, cds: System) -> None:
        assert [(task, partition) for task, partition, _ in states(cds.run())] == [
            ("core", "2024"),
            ("core", "2025"),
            ("core", "2026"),
            ("users", None),
            ("organisations", None),
        ]

    def test_the_next_year_is_empty_and_has_no_archive(self, cds: System) -> None:
        assert ("core", "2026", OutputState.EMPTY) in states(cds.run())
        assert not [name for name in cds.names() if NEXT in name]


class TestCollectionYears:
    @pytest.mark.parametrize(
        ("moment", "years"),
        [
            ("2025-03-31T23:59:59+01:00", ["2023", "2024", "2025"]),
            ("2025-04-01T00:00:00+01:00", ["2024", "2025", "2026"]),
            ("2025-12-31T23:59:59+00:00", ["2024", "2025", "2026"]),
            ("2026-01-01T00:00:00+00:00", ["2024", "2025", "2026"]),
        ],
    )
    def test_they_are_the_previous_the_current_and_the_next_by_londons_clock(
        self, cds: System, moment: str, years: list[str]
    ) -> None:
        cds.clock.set(moment)
        result = cds.run(task="core")
        assert [output.partition for output in result.outputs] == years

    def test_a_log_belongs_to_the_year_in_which_it_began_in_london(self, cds: System) -> None:
        cds.run()
        assert ids(cds, CORE.format(PREVIOUS, 1, 1)) == ["101", "102"]  # a second before midnight, 22:59:59 in UTC
        assert ids(cds, CORE.format(CURRENT, 1, 1)) == ["103"]  # at midnight, 23:00 in UTC


class TestPartial:
    def test_it_has_what_changed_since_the_last_run_under_the_next_increment(self, cds: System) -> None:
        cds.run()
        touch(cds, 102, "2025-05-01 12:00:00")
        cds.clock.set("2025-05-02T05:00:00+01:00")
        result = cds.run()
        assert result.run.kind == Kind.PARTIAL
        assert [file.key for file in result.files] == [CORE.format(PREVIOUS, 1, 2)]
        assert ids(cds, CORE.format(PREVIOUS, 1, 2)) == ["102"]

    def test_a_log_that_was_changed_by_hand_is_found_by_the_other_column(self, cds: System) -> None:
        cds.run()
        cds.database.execute("UPDATE lettings_logs SET values_updated_at = '2025-05-01 12:00' WHERE id = 103")
        cds.clock.set("2025-05-02T05:00:00+01:00")
        cds.run()
        assert ids(cds, CORE.format(CURRENT, 1, 2)) == ["103"]

    def test_a_year_counts_for_itself(self, cds: System) -> None:
        cds.run()
        for day, log in ((2, 101), (3, 102), (4, 103)):
            touch(cds, log, f"2025-05-0{day - 1} 12:00:00")
            cds.clock.set(f"2025-05-0{day}T05:00:00+01:00")
            cds.run()
        numbers = [name for name in cds.names() if name.startswith("core_") and "inc0001" not in name]
        assert numbers == [CORE.format(PREVIOUS, 1, 2), CORE.format(PREVIOUS, 1, 3), CORE.format(CURRENT, 1, 2)]

    def test_an_empty_run_makes_a_manifest_without_rows_and_nothing_else(self, cds: System) -> None:
        cds.run()
        before = set(cds.names())
        cds.clock.set("2025-05-02T05:00:00+01:00")
        result = cds.run()
        assert result.run.state == RunState.EMPTY
        assert {output.state for output in result.outputs} == {OutputState.EMPTY}
        assert set(cds.names()) - before == {"Manifest_2025_05_02_0001.csv"}
        assert cds.read("Manifest_2025_05_02_0001.csv") == HEADER

    def test_an_empty_run_uses_no_number_and_moves_the_cursor(self, cds: System) -> None:
        cds.run()
        cds.clock.set("2025-05-02T05:00:00+01:00")
        cds.run()
        touch(cds, 101, "2025-05-01 12:00:00")  # as if it had been there before the empty run
        touch(cds, 102, "2025-05-02 12:00:00")
        cds.clock.set("2025-05-03T05:00:00+01:00")
        cds.run()
        assert ids(cds, CORE.format(PREVIOUS, 1, 2)) == ["102"]

    def test_the_manifest_has_the_runs_number_of_the_day(self, cds: System) -> None:
        for _ in range(2):
            cds.run()
        cds.clock.set("2025-05-02T00:00:00+01:00")  # still the 1st of May in UTC
        cds.run()
        assert [name for name in cds.names() if name.startswith("Manifest")] == [
            "Manifest_2025_05_01_0001.csv",
            "Manifest_2025_05_01_0002.csv",
            "Manifest_2025_05_02_0001.csv",
        ]


class TestFull:
    def test_it_has_everything_under_the_next_base_and_the_first_increment(self, cds: System) -> None:
        cds.run()
        result = cds.run(full=True)
        assert result.run.kind == Kind.FULL
        assert ids(cds, CORE.format(PREVIOUS, 2, 1)) == ["101", "102"]

    def test_the_next_partial_goes_on_from_it(self, cds: System) -> None:
        cds.run()
        cds.run(full=True)
        touch(cds, 101, "2025-05-01 12:00:00")
        cds.clock.set("2025-05-02T05:00:00+01:00")
        cds.run()
        assert ids(cds, CORE.format(PREVIOUS, 2, 2)) == ["101"]

    def test_the_first_is_f0001_whatever_else_was_exported(self, cds: System) -> None:
        cds.run(full=True, task="users")
        cds.run(full=True, task="users")
        cds.run(full=True, task="core", partition="2024")
        result = cds.run(full=True)
        assert [file.key for file in result.files] == [
            CORE.format(PREVIOUS, 2, 1),
            CORE.format(CURRENT, 1, 1),
            "users_2024_2025_apr_mar_f0003_inc0001.zip",
            "organisations_2024_2025_apr_mar_f0001_inc0001.zip",
        ]

    def test_one_collection_of_one_year_can_be_exported_alone(self, cds: System) -> None:
        result = cds.run(full=True, task="core", partition="2025")
        assert [file.key for file in result.files] == [CORE.format(CURRENT, 1, 1)]

    def test_in_batches_a_day_each_run_has_its_batch_and_no_log_is_missing(self, cds: System) -> None:
        """As the seed does it: a batch of logs is marked, and the morning's run takes it."""
        add_logs(cds, 50)
        cds.run()
        for day in (2, 3, 4):
            cds.database.execute(
                "UPDATE lettings_logs SET values_updated_at = %s WHERE id IN (SELECT id FROM lettings_logs"
                " WHERE id > 1000 AND values_updated_at IS NULL ORDER BY id LIMIT 20)",
                [f"2025-05-0{day - 1} 12:00:00"],
            )
            cds.clock.set(f"2025-05-0{day}T05:00:00+01:00")
            cds.run()
        batches = [ids(cds, CORE.format(CURRENT, 1, increment)) for increment in (2, 3, 4)]
        assert [len(batch) for batch in batches] == [20, 20, 10]
        assert [log for batch in batches for log in batch] == [str(1000 + number) for number in range(1, 51)]


def add_logs(cds: System, number: int) -> None:
    """So many logs of the current year, all made and changed in the same moment, with ids from 1001."""
    cds.database.execute(
        "INSERT INTO lettings_logs (id, status, created_at, updated_at, startdate)"
        " SELECT 1000 + n, 'completed', '2025-04-20 10:00', '2025-04-20 10:00', '2025-04-10 00:00'"
        " FROM generate_series(%s, 1, -1) AS n",
        [number],
    )


class TestParts:
    def test_a_part_has_ten_thousand_records_at_most_and_none_is_lost_where_all_are_of_one_moment(
        self, cds: System
    ) -> None:
        add_logs(cds, 25_000)
        cds.run(task="core", partition="2025")
        name = CORE.format(CURRENT, 1, 1)
        stem = name.removesuffix(".zip")
        with cds.archive(name) as archive:
            assert archive.namelist() == [*(f"{stem}_pt00{part}.xml" for part in (1, 2, 3)), "manifest.xml"]
            counts = [archive.read(f"{stem}_pt00{part}.xml").count(b"<form>") for part in (1, 2, 3)]
            assert b"<count-of-records>25001<" in archive.read("manifest.xml")
        assert counts == [10_000, 10_000, 5_001]
        assert ids(cds, name) == ["103", *(str(1000 + number) for number in range(1, 25_001))]

    def test_the_same_data_is_the_same_bytes(self, cds: System) -> None:
        cds.run()
        first = {name: (cds.out / name).read_bytes() for name in cds.names()}
        for path in cds.out.iterdir():
            path.unlink()
        cds.database.execute("DROP SCHEMA exporter CASCADE")
        cds.run()
        assert {name: (cds.out / name).read_bytes() for name in cds.names()} == first


class TestFailedCollection:
    def fail(self, cds: System) -> None:
        """Users cannot be read any more."""
        cds.database.execute("ALTER TABLE users RENAME COLUMN is_dpo TO is_officer")

    def mend(self, cds: System) -> None:
        cds.database.execute("ALTER TABLE users RENAME COLUMN is_officer TO is_dpo")

    def test_the_archives_of_the_others_are_written_and_listed(self, cds: System) -> None:
        self.fail(cds)
        result = cds.run()
        assert result.run.state == RunState.FAILED
        assert "users" in (result.run.error or "")
        rows = cds.read("Manifest_2025_05_01_0001.csv").decode().splitlines()[1:]
        assert [row.partition(",")[0] for row in rows] == [stem for stem in FIRST if "users" not in stem]
        assert not [name for name in cds.names() if name.startswith("users")]

    def test_the_next_run_has_its_records_and_lists_no_archive_twice(self, cds: System) -> None:
        self.fail(cds)
        cds.run()
        self.mend(cds)
        result = cds.run()
        assert result.run.state == RunState.PUBLISHED
        rows = cds.read("Manifest_2025_05_01_0002.csv").decode().splitlines()[1:]
        assert [row.partition(",")[0] for row in rows] == ["users_2024_2025_apr_mar_f0001_inc0001"]

    def test_an_archive_of_a_run_that_died_is_listed_by_the_next(self, cds: System) -> None:
        class Died(BaseException):
            """As a signal would end it."""

        def die(event: Event) -> None:
            if isinstance(event, TaskStarted) and event.task == "users":
                raise Died

        with pytest.raises(Died):
            cds.run(die)
        assert not [name for name in cds.names() if name.startswith("Manifest")]
        cds.run()
        manifest = cds.read("Manifest_2025_05_01_0002.csv").decode()
        assert [row.partition(",")[0] for row in manifest.splitlines()[1:]] == list(FIRST)


def test_archives_can_be_opened_by_anybody(cds: System) -> None:
    cds.run()
    for name in cds.names():
        if name.endswith(".zip"):
            with zipfile.ZipFile(cds.out / name) as archive:
                assert archive.testzip() is None
