"""The cases by file under tests/examples: each folder is a small checkout, read as a pull request's would be."""

import datetime
from pathlib import Path
from typing import Final

from provisioner.access.check import check
from provisioner.datasets.catalogue import Checked
from provisioner.datasets.folder import DatasetFile, read_folders
from provisioner.datasets.keys import Kind
from provisioner.reading.problem import Problem
from provisioner.settings import Settings, load_settings, settings_file
from tests.support import EXPORTER

REPOSITORY: Final = Path(__file__).parents[2]
EXAMPLES: Final = REPOSITORY / "tests" / "examples"
TODAY: Final = datetime.date(2026, 11, 22)
SETTINGS: Final = Settings(
    stack="prod",
    account_id="111122223333",
    **EXPORTER,
)
"""What a case is checked against that has no `Pulumi.prod.yaml` of its own."""

PUSH: Final = "name: visits\nbucket: target-bucket\nusers:\n  - alpha_user_one\n"
"""A push dataset file with nothing wrong in it, to which a test adds lines."""
PULL: Final = "name: extracts\npull_arns:\n  - arn:aws:iam::123456789012:role/role-name-1\nusers:\n  - alpha_user_one\n"
"""A pull dataset file with nothing wrong in it."""


def cases(expectation: str) -> list[Path]:
    """Every folder of `valid` or `invalid`."""
    return sorted(path for path in (EXAMPLES / expectation).iterdir())


def settings_of(case: Path) -> Settings:
    """The settings that a case brings, or the common ones."""
    if not (case / settings_file("prod")).exists():
        return SETTINGS
    settings, problems = load_settings(case, "prod")
    assert settings is not None, problems
    return settings


def check_case(case: Path) -> Checked:
    """Everything that `provisioner validate` would find in a case, on a fixed day."""
    files, found = read_folders(case)
    return check(files, found, settings_of(case), TODAY)


def push_file(text: str | bytes, name: str = "visits") -> DatasetFile:
    """A push dataset file that holds a text."""
    return _file(Kind.PUSH, text, name)


def pull_file(text: str | bytes, name: str = "extracts") -> DatasetFile:
    """A pull dataset file that holds a text."""
    return _file(Kind.PULL, text, name)


def _file(kind: Kind, text: str | bytes, name: str) -> DatasetFile:
    return DatasetFile(f"{kind.folder}/{name}.yaml", kind, text if isinstance(text, bytes) else text.encode())


def problems_in(
    *files: DatasetFile, settings: Settings = SETTINGS, today: datetime.date | None = TODAY
) -> tuple[Problem, ...]:
    """The problems that some files have together."""
    return check(files, [], settings, today).problems
