"""exporter verify: published files are read again and compared with the ledger."""

import json
from pathlib import Path

import pytest

from tests.exporter.cli.checkout import Checkout

FILE = "visits_f0001_inc0001.csv"


@pytest.fixture
def published(checkout: Checkout) -> Path:
    """The folder that a run has published into."""
    checkout.visit("Leeds")
    assert checkout.run("run", "lettings", "--to", "out").code == 0
    return checkout.root / "out"


def test_files_as_they_were_written_are_the_same(checkout: Checkout, published: Path) -> None:
    outcome = checkout.run("verify", "lettings", "--to", "out")
    assert outcome.code == 0
    assert outcome.out == ""
    assert outcome.err == "2 files of the ledger: 2 same\n"
    assert (published / FILE).exists()


def test_a_file_with_other_bytes_is_changed(checkout: Checkout, published: Path) -> None:
    (published / FILE).write_text("id\n")
    outcome = checkout.run("verify", "lettings", "--to", "out")
    assert outcome.code == 1
    assert outcome.out == f"changed {FILE} (run 1)\n"


@pytest.mark.parametrize("which", [FILE, "manifest_*.csv"])
def test_a_file_that_is_gone_is_missing(checkout: Checkout, published: Path, which: str) -> None:
    ((name, path),) = ((path.name, path) for path in published.glob(which))
    path.unlink()
    outcome = checkout.run("verify", "lettings", "--to", "out")
    assert outcome.code == 1
    assert outcome.out == f"missing {name} (run 1)\n"


def test_a_file_that_no_manifest_lists_is_said(checkout: Checkout, published: Path) -> None:
    checkout.database.execute("UPDATE exporter.file SET manifest = NULL")
    outcome = checkout.run("verify", "lettings", "--to", "out")
    assert outcome.code == 0
    assert f"same {FILE} (run 1); no manifest lists it yet" in outcome.out
    assert (published / FILE).exists()


def test_the_json_has_a_version_and_each_file(checkout: Checkout, published: Path) -> None:
    (published / FILE).unlink()
    said = json.loads(checkout.run("verify", "lettings", "--to", "out", "--format", "json").out)
    assert said["version"] == 1
    assert [(file["key"], file["finding"]) for file in said["files"]] == [
        (FILE, "missing"),
        (checkout.manifest(), "same"),
    ]


def test_nothing_published_is_nothing_wrong(checkout: Checkout) -> None:
    outcome = checkout.run("verify", "lettings", "--to", "out")
    assert (outcome.code, outcome.err) == (0, "the ledger has no file at this target yet\n")
