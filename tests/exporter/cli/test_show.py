"""exporter list and show say what will be done, and ask nobody."""

import json

import pytest

from tests.exporter.cli.checkout import DATASET, Checkout


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No database and no AWS is at hand."""
    monkeypatch.delenv("EXPORT_SOURCE_CORE", raising=False)


def test_list_has_a_line_for_each_export(checkout: Checkout) -> None:
    head, line = checkout.run("list").out.splitlines()
    assert head.split() == ["name", "kind", "source", "tasks", "next", "run"]
    assert line.split()[:4] == ["lettings", "push", "core", "1"]
    assert " 05:00 " in line


def test_list_says_that_there_is_none(checkout: Checkout) -> None:
    (checkout.root / "push_datasets/lettings.yaml").unlink()
    outcome = checkout.run("list")
    assert (outcome.code, outcome.out) == (0, "")
    assert "no dataset has an 'export'" in outcome.err


def test_show_says_the_source_the_time_the_files_and_an_example_of_their_keys(checkout: Checkout) -> None:
    said = checkout.run("show", "lettings").out
    assert "lettings into s3://exporter-cli-exports/lettings/" in said
    assert "core, whose URL is in EXPORT_SOURCE_CORE" in said
    assert "0 5 * * * in Europe/London, next on " in said
    assert "a warning after 26 hours without a good run, an error after 50 hours" in said
    assert "visits_f0001_inc0001.csv, put once: it never overwrites" in said
    assert "whose changed lies between the last run's window and this one's end" in said


def test_show_says_what_guards_a_delete(checkout: Checkout) -> None:
    assert "delete" not in checkout.run("show", "lettings").out
    checkout.dataset(
        DATASET.replace("      mode: window\n      cursor: [changed]\n", "      delete: DELETE FROM visit\n")
    )
    assert "or nothing is deleted or published" in checkout.run("show", "lettings").out


def test_a_column_of_a_partition_is_shown_by_its_name(checkout: Checkout) -> None:
    partitions = "order: [id]\n      partitions: SELECT DISTINCT place FROM visit"
    of_one = DATASET.replace("FROM visit", "FROM visit WHERE place = :place").replace("order: [id]", partitions)
    checkout.dataset(of_one.replace('"{task}_f', '"{place}_f'))
    assert "<place>_f0001_inc0001.csv" in checkout.run("show", "lettings").out


@pytest.mark.parametrize("command", [("list",), ("show", "lettings")])
def test_the_json_has_a_version(checkout: Checkout, command: tuple[str, ...]) -> None:
    assert json.loads(checkout.run(*command, "--format", "json").out)["version"] == 1
