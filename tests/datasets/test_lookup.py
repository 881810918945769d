"""One dataset of a checkout by its name, as the exporter asks for it."""

from pathlib import Path

import pytest

from provisioner.datasets.lookup import all_with_export, find_dataset
from provisioner.failure import CommandError, UsageError
from tests.datasets.cases import EXAMPLES, PULL, PUSH

EVERY_KEY = EXAMPLES / "valid" / "every_key_of_an_export"
EXPORT = "export:\n  source: core\n  tasks: [{name: one, query: select 1 as a, key: '{base}-{increment}'}]\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a push dataset that has an export, a pull dataset that has none, and a broken one."""
    (tmp_path / "Pulumi.prod.yaml").write_bytes((EVERY_KEY / "Pulumi.prod.yaml").read_bytes())
    for path, text in {"push_datasets/visits": f"{PUSH}{EXPORT}", "pull_datasets/extracts": PULL}.items():
        (tmp_path / path).parent.mkdir()
        (tmp_path / f"{path}.yaml").write_text(text)
    (tmp_path / "push_datasets" / "broken.yaml").write_text("name: other\n")
    return tmp_path


def test_a_dataset_is_found_with_its_export_and_settings() -> None:
    found = find_dataset(EVERY_KEY, "prod", "visits")
    assert found.dataset.export is found.export
    assert [task.name for task in found.export.tasks] == ["core", "archive", "cohorts"]
    assert found.settings.sources.keys() == {"core"}


def test_what_is_wrong_with_other_datasets_does_not_matter(checkout: Path) -> None:
    assert find_dataset(checkout, "prod", "visits").dataset.name == "visits"


@pytest.mark.parametrize("name", ["nothing", "../push_datasets/visits", "push_datasets/visits", "extracts", ""])
def test_what_is_not_there_or_has_no_export_is_said(checkout: Path, name: str) -> None:
    with pytest.raises(UsageError, match=f"'{name}'"):
        find_dataset(checkout, "prod", name)


def test_problems_of_the_dataset_itself_are_listed(checkout: Path) -> None:
    with pytest.raises(CommandError, match=r"push_datasets/broken.yaml:1:7: .* \[name-file\]"):
        find_dataset(checkout, "prod", "broken")


def test_two_datasets_of_one_name_cannot_both_have_an_export(checkout: Path) -> None:
    (checkout / "pull_datasets" / "visits.yaml").write_text(PULL.replace("extracts", "visits") + EXPORT)
    with pytest.raises(UsageError, match="rename one"):
        find_dataset(checkout, "prod", "visits")


def test_a_stack_without_settings_is_wrong_usage(checkout: Path) -> None:
    with pytest.raises(UsageError, match=r"Pulumi.other.yaml"):
        find_dataset(checkout, "other", "visits")


def test_all_that_have_an_export_are_listed_if_all_can_be_read(checkout: Path) -> None:
    with pytest.raises(CommandError, match=r"broken\.yaml"):
        all_with_export(checkout, "prod")
    (checkout / "push_datasets" / "broken.yaml").unlink()
    assert [found.dataset.name for found in all_with_export(checkout, "prod")] == ["visits"]
