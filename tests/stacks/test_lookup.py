"""The stack of a name: whose settings it has, and what is said where it has none."""

from pathlib import Path

import pytest

from provisioner.stacks.lookup import find_stack
from provisioner.stacks.stack import Stack

PROD = 'config:\n  data-engineering-exports:account_id: "111122223333"\n  data-engineering-exports:dataset_stacks: 3\n'
ALONE = 'config:\n  data-engineering-exports:account_id: "444455556666"\n'
PULUMIS = "secretsprovider: awskms:///key\nencryptedkey: abc\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.prod.yaml").write_text(PROD)
    (tmp_path / "Pulumi.prod-2.yaml").write_text(PULUMIS)
    return tmp_path


@pytest.mark.parametrize(("name", "number"), [("prod", 0), ("prod-1", 1), ("prod-2", 2), ("prod-3", 3)])
def test_a_dataset_stack_has_the_settings_of_the_shared_one(root: Path, name: str, number: int) -> None:
    stack, settings, problems = find_stack(root, name)
    assert (stack, problems) == (Stack(shared="prod", number=number, of=3), [])
    assert settings is not None
    assert (settings.stack, settings.account_id) == ("prod", "111122223333")


def test_a_stack_that_is_called_so_but_has_settings_is_one_by_itself(root: Path) -> None:
    (root / "Pulumi.prod-4.yaml").write_text(ALONE)
    stack, settings, _ = find_stack(root, "prod-4")
    assert stack == Stack(shared="prod-4")
    assert settings is not None
    assert settings.account_id == "444455556666"


def test_settings_of_a_dataset_stack_itself_would_be_in_two_places(root: Path) -> None:
    (root / "Pulumi.prod-1.yaml").write_text(ALONE)
    for name in ("prod", "prod-1", "prod-2"):
        stack, _, problems = find_stack(root, name)
        assert stack is None
        assert [(one.file, "take them out" in str(one)) for one in problems] == [("Pulumi.prod-1.yaml", True)]


def test_one_beyond_the_last_is_none(root: Path) -> None:
    stack, _, (problem,) = find_stack(root, "prod-4")
    assert stack is None
    assert "'prod-4' is no dataset stack of 'prod': the last is 'prod-3'" in str(problem)


def test_nor_is_one_of_a_stack_that_has_none(root: Path) -> None:
    (root / "Pulumi.prod.yaml").write_text(ALONE)
    _, _, (problem,) = find_stack(root, "prod-1")
    assert "'prod-1' is no dataset stack of 'prod': it has none" in str(problem)


def test_a_name_that_no_file_goes_with_is_not_found(root: Path) -> None:
    with pytest.raises(FileNotFoundError):
        find_stack(root, "staging-1")


def test_wrong_settings_are_shown_whichever_stack_is_asked_for(root: Path) -> None:
    (root / "Pulumi.prod.yaml").write_text(PROD.replace("111122223333", "1111"))
    for name in ("prod", "prod-1"):
        _, settings, (problem,) = find_stack(root, name)
        assert settings is None
        assert problem.file == "Pulumi.prod.yaml"
