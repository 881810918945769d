"""A checkout with the export systems of its examples in it."""

import dataclasses
import datetime
import shutil
from pathlib import Path
from typing import Final

import pytest

from provisioner.access.check import check
from provisioner.emulator.examples import Composed, has_examples, with_examples
from provisioner.revisions import WORKTREE, Revisions
from provisioner.settings import load_settings

REPOSITORY: Final = Path(__file__).parents[2]
TODAY: Final = datetime.date(2026, 11, 22)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout as this repository is."""
    root = tmp_path / "checkout"
    root.mkdir()
    for name in ("Pulumi.yaml", "Pulumi.prod.yaml"):
        shutil.copy(REPOSITORY / name, root)
    for name in ("push_datasets", "pull_datasets", "examples"):
        shutil.copytree(REPOSITORY / name, root / name)
    return root


def plain(root: Path) -> Composed:
    settings, problems = load_settings(root, "prod")
    assert settings is not None, problems
    state = Revisions(root).state(WORKTREE, "prod")
    return Composed(root=root, settings=settings, catalogue=check(state.files, state.found, settings, TODAY).catalogue)


def composed(root: Path) -> Composed:
    return with_examples(plain(root), root.parent / "composed", TODAY)


def test_the_examples_datasets_come_to_the_checkouts_own(root: Path) -> None:
    made = composed(root)
    names = {dataset.name for dataset in made.catalogue}
    assert {example.dataset.name for example in made.examples} == {"cds", "cohort_items", "common_knowledge"}
    assert names - {dataset.name for dataset in plain(root).catalogue} == {"cds", "cohort_items", "common_knowledge"}


def test_an_example_has_the_sample_of_its_own_folder(root: Path) -> None:
    tables = {"cds": "lettings_logs", "cohort_items": "cohort_item", "common_knowledge": "data_collection.source_file"}
    samples = {example.dataset.name: example.sample for example in composed(root).examples}
    assert {name: f"CREATE TABLE {table} (" in samples[name][0] for name, table in tables.items()} == dict.fromkeys(
        tables, True
    )


def test_the_settings_are_the_checkouts_own_and_what_they_leave_out_is_the_examples(root: Path) -> None:
    own, made = plain(root).settings, composed(root).settings
    assert made.sources.keys() == {"core", "knowledge_base", "price_migration"}
    assert made.exporter_image is not None
    added = ("sources", "exporter_image", "exporter_subnets", "exporter_security_groups")
    assert dataclasses.replace(made, **{name: getattr(own, name) for name in added}) == own


def test_the_checkout_itself_stays_as_it_is(root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    composed(root)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_a_checkout_with_a_dataset_of_an_examples_name_has_its_own_and_no_examples(root: Path) -> None:
    text = (root / "push_datasets" / "new_project.yaml").read_text()
    (root / "push_datasets" / "cds.yaml").write_text(text.replace("new_project", "cds"))
    made = composed(root)
    assert (made.root, made.examples, made.refused) == (root, (), "there is a dataset cds already")


def test_examples_that_are_wrong_by_the_checkouts_settings_are_left_out_and_it_is_said_why(root: Path) -> None:
    settings = root / "Pulumi.prod.yaml"
    settings.write_text(settings.read_text().replace("alpha_user_", "beta_user_"))
    for file in (*root.glob("push_datasets/*.yaml"), *root.glob("pull_datasets/*.yaml")):
        file.write_text(file.read_text().replace("alpha_user_", "beta_user_"))
    made = composed(root)
    assert (made.root, made.examples) == (root, ())
    assert made.refused.startswith("push_datasets/cds.yaml:8:5: the user 'alpha_user_core' does not begin with")


def test_a_checkout_without_examples_has_none(root: Path) -> None:
    assert has_examples(root)
    shutil.rmtree(root / "examples")
    assert not has_examples(root)
