"""A checkout as it was at one moment."""

from dataclasses import dataclass
from typing import Final

from provisioner.datasets.folder import DatasetFile
from provisioner.reading.problem import Problem

APPROVALS_FILE: Final = "approvals.yaml"
"""Where a checkout keeps the removals that were agreed."""

Content = bytes | Problem | None
"""What is in a file; or why it is not read; or None where there is no such file."""


@dataclass(frozen=True, kw_only=True)
class State:
    """The files of a checkout that decide who may do what."""

    files: tuple[DatasetFile, ...]
    found: tuple[Problem, ...]
    """What lies in the dataset folders and should not."""
    settings: Content
    """The stack's settings file."""
    approvals: Content
