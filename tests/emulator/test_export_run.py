"""What the tour says of a run of an export: each of its checks can fail."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from provisioner.access.check import check
from provisioner.emulator import exports
from provisioner.emulator.attempt import WrongError
from provisioner.emulator.examples import Example
from provisioner.emulator.export_run import ExportRun
from provisioner.emulator.export_system import System
from provisioner.emulator.sources import Source
from provisioner.revisions import WORKTREE, Revisions
from provisioner.settings import load_settings

COHORTS: Final = Path(__file__).parents[2] / "examples" / "cohorts"
FILES: Final = ("data/Not begun.csv", "data/Vouchers 2020.csv", "data/Weekly_paper-1.csv")


def report(*keys: str, state: str = "published", manifest: str | None = None) -> str:
    """What `exporter run --format json` says, as far as the tour reads it."""
    return json.dumps(
        {
            "run": {"state": state, "started_at": "2026-11-25T05:00:00+00:00"},
            "outputs": [{"records": 1} for _ in keys],
            "files": [{"key": key, "sha256": "0" * 64} for key in keys],
            "manifest": manifest,
        }
    )


def run_that(*, says: str = "", complains: str = "", code: int = 0) -> ExportRun:
    """A run of the cohorts' export whose process does so."""
    settings, _ = load_settings(COHORTS, "prod")
    assert settings is not None
    state = Revisions(COHORTS).state(WORKTREE, "prod")
    (dataset,) = check(state.files, state.found, settings, None).catalogue.push
    assert dataset.export is not None
    process = subprocess.Popen(
        [sys.executable, "-c", f"import sys; print({says!r}); print({complains!r}, file=sys.stderr); sys.exit({code})"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    example = Example(dataset=dataset, export=dataset.export, sample=())
    return ExportRun(System(example=example, source=Rows(), role="exporter-push-cohort_items"), process)


class Rows(Source):
    """A database that had five rows and has three."""

    def __init__(self) -> None:
        super().__init__(url="postgresql:///none", tables=(), before=5)

    def rows(self) -> int:
        return 3


def test_a_run_that_makes_what_its_receiver_expects_is_right() -> None:
    run = run_that(says=report(*FILES))
    exports._made_what_is_expected(run)
    assert run.keys == [*FILES]


@pytest.mark.parametrize("keys", [FILES[:2], (*FILES, "data/Finished.csv")], ids=["one is missing", "one too many"])
def test_files_of_other_names_than_the_receiver_expects_are_wrong(keys: tuple[str, ...]) -> None:
    with pytest.raises(WrongError, match="the receiver expects data/Not begun"):
        exports._made_what_is_expected(run_that(says=report(*keys)))


def test_a_run_that_fails_is_shown_with_its_last_words() -> None:
    with pytest.raises(WrongError, match=r"(?s)exit code 75.*no such table"):
        exports._made_what_is_expected(run_that(complains="no such table", code=75))


@pytest.mark.parametrize(
    ("keys", "state"), [(("data/Not begun.csv",), "empty"), ((), "published")], ids=["with a file", "not empty"]
)
def test_a_second_run_that_found_something_is_wrong(keys: tuple[str, ...], state: str) -> None:
    with pytest.raises(WrongError, match=f"recorded as {state}"):
        exports._found_nothing(run_that(says=report(*keys, state=state)))


def test_other_rows_deleted_than_exported_are_wrong() -> None:
    run = run_that(says=report(*FILES))
    run.end()
    with pytest.raises(WrongError, match="3 rows were exported and 2 deleted"):
        exports._gone(run)


@pytest.mark.parametrize(
    "manifest", ["zip-name,zip-file-uri\n", "zip-name,zip-file-uri\na,a.zip\nb,b.zip\n"], ids=["none", "another"]
)
def test_a_manifest_that_does_not_list_just_what_was_made_is_wrong(manifest: str) -> None:
    exports._lists("zip-name,zip-file-uri\na,a.zip\n", ["a.zip"])
    with pytest.raises(WrongError, match="the manifest lists"):
        exports._lists(manifest, ["a.zip"])
