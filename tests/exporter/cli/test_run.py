"""exporter run: files in a folder from a real database, and what is said of them."""

import json
import time

import pytest

from exporter.database.connection import connect
from exporter.database.lock import locked
from tests.exporter.cli.checkout import DATASET, Checkout


def events(log: str) -> list[str]:
    """The events of a JSON log, in order."""
    return [json.loads(line)["event"] for line in log.splitlines()]


def test_a_run_makes_the_file_and_the_manifest_that_lists_it(checkout: Checkout) -> None:
    checkout.visit("Leeds", "York")
    outcome = checkout.run("run", "lettings", "--to", "out")
    assert outcome.code == 0, outcome.err
    files = checkout.out()
    assert list(files) == [checkout.manifest(), "visits_f0001_inc0001.csv"]
    assert files[checkout.manifest()] == "name,rows\nvisits_f0001_inc0001.csv,2\n"
    assert [line.split(",")[:2] for line in files["visits_f0001_inc0001.csv"].splitlines()] == [
        ["id", "place"],
        ["1", "Leeds"],
        ["2", "York"],
    ]
    assert f"lettings, run 1: 2 rows in 1 file at file://{checkout.root}/out/" in outcome.out


def test_a_log_has_a_json_object_a_line_from_the_begin_to_the_end(checkout: Checkout) -> None:
    checkout.visit("Leeds")
    told = events(checkout.run("run", "lettings", "--to", "out").err)
    assert told[0] == "run_started"
    assert told[-1] == "run_finished"
    assert {"task_started", "file_staged", "committed", "file_revealed", "manifest_written"} <= set(told)


def test_a_line_of_the_log_says_when_what_and_of_which_export(checkout: Checkout) -> None:
    line = json.loads(checkout.run("run", "lettings", "--to", "out").err.splitlines()[0])
    assert (line["export"], line["event"], line["run"]["kind"]) == ("lettings", "run_started", "partial")
    assert line["at"].endswith("+00:00")


def test_a_run_that_finds_nothing_says_so_and_is_recorded_as_empty(checkout: Checkout) -> None:
    outcome = checkout.run("run", "lettings", "--to", "out")
    assert outcome.code == 0
    assert "there was no row to export; no file made, and the run is recorded as empty" in outcome.out
    assert list(checkout.out()) == [checkout.manifest()]


def test_the_next_run_takes_what_has_changed_since(checkout: Checkout) -> None:
    checkout.visit("Leeds")
    checkout.run("run", "lettings", "--to", "out")
    checkout.visit("York", ago="0")
    time.sleep(1.01)
    checkout.run("run", "lettings", "--to", "out")
    assert "York" in checkout.out()["visits_f0001_inc0002.csv"]
    assert "Leeds" not in checkout.out()["visits_f0001_inc0002.csv"]


def test_a_full_run_takes_all_under_the_next_base(checkout: Checkout) -> None:
    checkout.visit("Leeds")
    checkout.run("run", "lettings", "--to", "out")
    checkout.run("run", "lettings", "--to", "out", "--full")
    assert "Leeds" in checkout.out()["visits_f0002_inc0001.csv"]


def test_each_folder_has_cursors_and_numbers_of_its_own(checkout: Checkout) -> None:
    checkout.visit("Leeds")
    checkout.run("run", "lettings", "--to", "elsewhere")
    checkout.run("run", "lettings", "--to", "out")
    assert "Leeds" in checkout.out()["visits_f0001_inc0001.csv"]


def test_the_json_has_a_version_the_run_and_its_files(checkout: Checkout) -> None:
    checkout.visit("Leeds")
    said = json.loads(checkout.run("run", "lettings", "--to", "out", "--format", "json").out)
    assert said["version"] == 1
    assert said["run"]["state"] == "published"
    assert [(file["key"], file["records"]) for file in said["files"]] == [("visits_f0001_inc0001.csv", 1)]
    assert said["manifest"] == checkout.manifest()


def deleting(checkout: Checkout) -> None:
    """Let the export delete what it has exported."""
    checkout.dataset(
        DATASET.replace("      mode: window\n      cursor: [changed]\n", "      delete: DELETE FROM visit\n")
    )


def rows_left(checkout: Checkout) -> int:
    """How many visits the database still has."""
    return len(checkout.database.execute("SELECT FROM visit").fetchall())


@pytest.mark.parametrize(("option", "left"), [((), 1), (("--delete",), 0)], ids=["by itself", "with --delete"])
def test_a_run_into_a_folder_deletes_only_if_it_is_said(checkout: Checkout, option: tuple[str, ...], left: int) -> None:
    deleting(checkout)
    checkout.visit("Leeds")
    assert checkout.run("run", "lettings", "--to", "out", *option).code == 0
    assert rows_left(checkout) == left


def test_a_query_that_fails_is_said_and_the_exit_code_says_try_again(checkout: Checkout) -> None:
    checkout.dataset(DATASET.replace("place, changed FROM", "price, changed FROM"))
    outcome = checkout.run("run", "lettings", "--to", "out")
    assert outcome.code == 75
    assert 'column "price" does not exist' in outcome.out
    assert "task_failed" in events(outcome.err)


def test_a_second_run_is_told_who_holds_the_lock(checkout: Checkout, database_url: str) -> None:
    with (
        connect(database_url, name="lettings") as control,
        locked(control, "lettings", f"file://{checkout.root}/out/"),
    ):
        outcome = checkout.run("run", "lettings", "--to", "out")
    assert outcome.code == 75
    refused = json.loads(outcome.err)
    assert refused["event"] == "refused"
    assert "the export 'lettings' is being run already, by" in refused["error"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "letings"), "there is no dataset 'letings'"),
        (("run", "lettings", "--task", "visit"), "has no task 'visit'; it has 'visits'"),
        (("run", "lettings", "--delete"), "--delete is for a run with --to"),
        (("run",), "the following arguments are required: NAME"),
    ],
)
def test_a_wrong_call_is_said_and_nothing_is_run(checkout: Checkout, arguments: tuple[str, ...], said: str) -> None:
    outcome = checkout.run(*arguments)
    assert outcome.code == 2
    assert said in outcome.err


def test_a_source_without_a_url_is_said_with_the_variable(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXPORT_SOURCE_CORE")
    outcome = checkout.run("run", "lettings", "--to", "out")
    assert outcome.code == 2
    assert "the database 'core' has no URL: set EXPORT_SOURCE_CORE" in outcome.err


def test_a_mistake_in_the_file_is_said_with_its_place(checkout: Checkout) -> None:
    checkout.dataset(DATASET.replace("mode: window", "mode: windows"))
    outcome = checkout.run("run", "lettings", "--to", "out")
    assert outcome.code == 1
    assert "push_datasets/lettings.yaml:17:13: " in outcome.err
