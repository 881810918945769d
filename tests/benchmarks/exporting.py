"""The real exporter, as a whole process, over the source of the benchmarks: `exporter run` into a folder."""

import sys
from pathlib import Path
from typing import Final

from tests.benchmarks.process import compiled
from tests.benchmarks.race import TIMES, Racer

_ROOT: Final = Path(__file__).parents[2]

_FILES: Final = {
    "Pulumi.yaml": "name: data-engineering-exports\n",
    "Pulumi.bench.yaml": """\
config:
  data-engineering-exports:account_id: "111111111111"
  data-engineering-exports:sources:
    bench: arn:aws:secretsmanager:eu-west-2:111111111111:secret:bench-AbCdEf
""",
    "push_datasets/bench.yaml": """\
name: bench
bucket: receiving-team-landing
users: [alpha_user_measuring]
export:
  source: bench
  timezone: Europe/London
  order: id
  publish: replace
  tasks:
    - {name: csv, query: SELECT * FROM measured, format: csv, key: measured.csv}
    - {name: csv_gz, query: SELECT * FROM measured, format: csv.gz, key: measured.csv.gz}
    - {name: csv_gz_many, query: SELECT * FROM many, format: csv.gz, key: many.csv.gz}
    - {name: parquet, query: SELECT * FROM measured, format: parquet, key: measured.parquet}
    - {name: parquet_many, query: SELECT * FROM many, format: parquet, key: many.parquet}
    - name: xml
      query: SELECT * FROM form
      format: xml
      root: forms
      record: form
      records_per_part: 10000
      package: {part: "{stem}_pt{part:03}.xml"}
      key: form.zip
""",
}


def write_checkout(root: Path) -> None:
    """Write a checkout with one dataset, whose export has a task for each thing that is measured."""
    for name, text in _FILES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    (root / "pull_datasets").mkdir()


def exporter(task: str, url: str, checkout: Path, *, times: int = TIMES) -> Racer:
    """The exporter, at one of the checkout's tasks; the folder that it works in is its target."""
    return Racer(
        name="exporter",
        command=(
            *(sys.executable, "-c", _COMMAND, checkout),
            *("run", "bench", "--stack", "bench", "--task", task, "--to"),
        ),
        # As it is in this checkout, whatever is installed.
        environment={**compiled(), "PYTHONPATH": str(_ROOT), "EXPORT_SOURCE_BENCH": url},
        times=times,
    )


_COMMAND: Final = """
import os, sys
from exporter.cli import main
here = os.getcwd()
os.chdir(sys.argv[1])
sys.exit(main([*sys.argv[2:], here]))
"""
"""`exporter`, in the checkout, with the folder that it is begun in as its last argument."""
