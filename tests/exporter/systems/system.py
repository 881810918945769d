"""One of the three systems as a test has it: its checkout, a database with its sample, and a folder for its files."""

import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

from exporter.engine.events import Event, ignore
from exporter.engine.request import Request
from exporter.engine.run import Result, run_export
from exporter.publish.folder import Folder
from provisioner.datasets.lookup import find_dataset
from provisioner.exports.model import Export
from tests.exporter.systems.clock import Clock, watched

ROOT: Final = Path(__file__).parents[3]
EXAMPLES: Final = ROOT / "examples"
GOLDEN: Final = Path(__file__).parent / "golden"
"""Written by hand, from what is known of the three systems: no code of ours made them."""


@dataclass(frozen=True, kw_only=True)
class System:
    """One system."""

    name: str
    """The folder of its example."""
    dataset: str
    checkout: Path
    """A copy, that a test may change."""
    url: str
    database: psycopg.Connection
    clock: Clock
    out: Path
    """Where its files go."""

    @property
    def file(self) -> Path:
        """Its dataset file."""
        return self.checkout / "push_datasets" / f"{self.dataset}.yaml"

    @property
    def export(self) -> Export:
        """What its dataset file says at this moment."""
        return find_dataset(self.checkout, "prod", self.dataset).export

    def edit(self, old: str, new: str) -> None:
        """Change one place of the dataset file."""
        text = self.file.read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {self.file.name}"
        self.file.write_text(text.replace(old, new))

    def run(self, observe: Callable[[Event], None] = ignore, **request: Any) -> Result:
        """Run the export."""
        return run_export(
            self.dataset,
            self.export,
            url=watched(self.url),
            target=Folder(self.out),
            request=Request(**request),
            observe=observe,
        )

    def names(self) -> list[str]:
        """The files that are there, in the order of their names."""
        return sorted(path.relative_to(self.out).as_posix() for path in self.out.rglob("*") if path.is_file())

    def read(self, name: str) -> bytes:
        """A file's bytes; of one that is compressed by gzip, what was compressed."""
        data = (self.out / name).read_bytes()
        return gzip.decompress(data) if name.endswith(".gz") else data

    def archive(self, name: str) -> zipfile.ZipFile:
        """A zip archive."""
        return zipfile.ZipFile(io.BytesIO((self.out / name).read_bytes()))

    def golden(self, name: str) -> bytes:
        """A file as it ought to be."""
        return (GOLDEN / self.name / name).read_bytes()
