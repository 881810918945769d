"""Whether what was published is still there, byte for byte, and listed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from exporter.ledger.model import File
from exporter.publish.target import Target


class Finding(StrEnum):
    """What is found of a file of the ledger."""

    SAME = "same"
    """It is there, and has the checksum that the ledger has."""
    CHANGED = "changed"
    """There is a file of its key with other bytes."""
    MISSING = "missing"
    """There is none of its key."""
    MOVED_ON = "moved on"
    """There is none of its key, as the forwarder delivers and removes files, and its old version is not kept."""
    WAITING = "waiting"
    """It is committed, and the next run reveals it."""


PROBLEMS = frozenset({Finding.CHANGED, Finding.MISSING})


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A file of the ledger, compared with what is at the target."""

    file: File
    finding: Finding
    is_unlisted: bool
    """Whether no manifest lists it, of an export that has one; the next run's will."""

    @property
    def is_problem(self) -> bool:
        """Whether somebody must do something."""
        return self.finding in PROBLEMS


def verify(files: Iterable[File], target: Target, *, moved_on: bool, has_manifest: bool = False) -> Iterator[Checked]:
    """Compare each file with what is at the target, in pieces; of a key that is replaced, the last file.

    Args:
        files: of the ledger, in the order of their commits.
        target: where they are.
        moved_on: whether the forwarder takes files away from there.
        has_manifest: whether each is to be listed by a manifest.

    Raises:
        PublishError: the target cannot be read.
    """
    for file in {file.key: file for file in files}.values():
        yield Checked(
            file=file,
            finding=_finding(file, target, moved_on=moved_on),
            is_unlisted=has_manifest and file.manifest is None,
        )


def _finding(file: File, target: Target, *, moved_on: bool) -> Finding:
    if file.revealed_at is None:
        return Finding.WAITING
    there = target.sha256(file.key)
    if there is None:
        return Finding.MOVED_ON if moved_on else Finding.MISSING
    return Finding.SAME if there == file.sha256 else Finding.CHANGED
