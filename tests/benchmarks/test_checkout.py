"""What the benchmark measures is what it says: many right files, the same at every run."""

import datetime
from pathlib import Path

from provisioner.access.check import check
from provisioner.changes.plan import make_plan
from provisioner.datasets.folder import read_folders
from provisioner.revisions import Revisions
from provisioner.settings import load_settings
from tests.benchmarks.checkout import commit_change, write_checkout


def test_the_files_are_right_half_of_either_kind_and_of_6_to_12_lines(tmp_path: Path) -> None:
    write_checkout(tmp_path / "made", 400)
    settings, _ = load_settings(tmp_path / "made", "prod")
    assert settings is not None
    files, found = read_folders(tmp_path / "made")
    checked = check(files, found, settings, None)
    assert checked.problems == ()
    assert (len(checked.catalogue.push), len(checked.catalogue.pull)) == (200, 200)
    assert {file.content.count(b"\n") for file in files} <= set(range(6, 13))


def test_they_are_the_same_at_every_run(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        write_checkout(tmp_path / folder, 50)
    one, other = (read_folders(tmp_path / folder) for folder in ("one", "other"))
    assert one == other


def test_the_change_is_of_so_many_files_of_both_kinds(tmp_path: Path) -> None:
    write_checkout(tmp_path, 400)
    commit_change(tmp_path, 20)
    states = [Revisions(tmp_path).state(name, "prod") for name in ("main", "change")]
    plan = make_plan(*states, stack="prod", today=datetime.date(2026, 11, 24))
    assert (len(plan.datasets), plan.refused) == (20, False)
    assert {change.latest.kind.value for change in plan.datasets} == {"push", "pull"}
    assert {change.latest.principal.name for change in plan.grants} == {"alpha_user_added"}
