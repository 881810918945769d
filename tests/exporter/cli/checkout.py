"""A checkout with one export, and the exporter's command line run in it, against a real PostgreSQL."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
import pytest

from exporter import cli
from tests.cli.checkout import Outcome, outcome

SETTINGS: Final = """
config:
  data-engineering-exports:account_id: "111111111111"
  data-engineering-exports:export_bucket: exporter-cli-exports
  data-engineering-exports:sources:
    core: arn:aws:secretsmanager:eu-west-2:111111111111:secret:core-AbCdEf
"""

DATASET: Final = """
name: lettings
bucket: target-bucket
users:
  - alpha_user_one
export:
  source: core
  schedule: "0 5 * * *"
  timezone: Europe/London
  freshness: {warn_after: 26 hours, error_after: 50 hours}
  manifest:
    key: "manifest_{time:%Y_%m_%d}_{run:04}.csv"
    columns: {name: "{file}", rows: "{records}"}
  tasks:
    - name: visits
      query: SELECT id, place, changed FROM visit
      mode: window
      cursor: [changed]
      order: [id]
      format: csv
      key: "{task}_f{base:04}_inc{increment:04}.csv"
"""


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """A checkout, which is the working directory; `run` is the command line in it, in this process."""

    root: Path
    capsys: pytest.CaptureFixture[str]
    database: psycopg.Connection

    def dataset(self, text: str, name: str = "lettings") -> None:
        """Write a push dataset's file."""
        (self.root / "push_datasets" / f"{name}.yaml").write_text(text)

    def run(self, *arguments: str) -> Outcome:
        """Run a command."""
        return outcome(cli.main, arguments, self.capsys)

    def visit(self, *places: str, ago: str = "1 minute") -> None:
        """Somebody visited, so long ago; a window ends with the last whole second, and does not reach later ones."""
        for place in places:
            self.database.execute(
                "INSERT INTO visit (place, changed) VALUES (%s, clock_timestamp() - %s::interval)", (place, ago)
            )

    def manifest(self) -> str:
        """The name of the first manifest in the folder `out`, which has the day in it."""
        (path,) = (self.root / "out").glob("manifest_*_0001.csv")
        return path.name

    def out(self) -> dict[str, str]:
        """The files of the folder `out`, by name."""
        return {path.name: path.read_text() for path in sorted((self.root / "out").iterdir())}
