"""The examples in the repository's own dataset folders: right, and helpful in an editor."""

import json
import re
from pathlib import Path

import pytest

from provisioner.access.check import check
from provisioner.datasets.folder import read_folders
from provisioner.datasets.keys import KIND_OF_FOLDER
from provisioner.settings import load_settings
from tests.datasets.cases import REPOSITORY, TODAY

FILES = sorted(path for folder in KIND_OF_FOLDER for path in (REPOSITORY / folder).glob("*.yaml"))


def test_there_are_examples_of_both_kinds() -> None:
    assert {path.parent.name for path in FILES} == set(KIND_OF_FOLDER)


def test_the_repository_has_no_problem_with_its_own_settings() -> None:
    settings, problems = load_settings(REPOSITORY, "prod")
    assert problems == []
    assert settings is not None
    files, found = read_folders(REPOSITORY)
    checked = check(files, found, settings, TODAY)
    assert checked.problems == ()
    assert [dataset.file for dataset in checked.catalogue] == [
        f"{path.parent.name}/{path.name}" for path in sorted(FILES, key=lambda path: path.parent.name, reverse=True)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_an_example_names_the_schema_of_its_kind_for_editors(path: Path) -> None:
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text(encoding="utf-8"))
    assert named is not None
    schema = path.parent / named.group(1)
    assert schema.resolve().name == f"{KIND_OF_FOLDER[path.parent.name].value}.schema.json"
    assert json.loads(schema.read_text(encoding="utf-8"))["$schema"] == "http://json-schema.org/draft-07/schema#"
