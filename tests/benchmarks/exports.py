"""The exporter beside its peers: files of 2 million rows, and how near the database's own limit they are made."""

import tempfile
from pathlib import Path

from tests.benchmarks.exporting import exporter, write_checkout
from tests.benchmarks.peers import peer, with_host
from tests.benchmarks.race import race, show
from tests.benchmarks.report import say
from tests.benchmarks.source import ROWS, STATEMENT, source


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, source() as url:
        root = Path(folder)
        checkout = root / "checkout"
        checkout.mkdir()
        write_checkout(checkout)
        _csv_gz(url, checkout, root)


def _csv_gz(url: str, checkout: Path, root: Path) -> None:
    say(f"\n{ROWS:,} rows of 11 columns into csv.gz (wanted: 3.5 times psycopg to gzip 6, 5 times dlt)")
    racers = (
        exporter("csv_gz", url, checkout),
        peer("psycopg COPY to nowhere", "nowhere", url, STATEMENT, "client", times=5),
        peer("the server alone, to nowhere", "nowhere", url, STATEMENT, "server", times=5),
        peer("psycopg COPY, gzip level 6", "psycopg_gzip", url, STATEMENT, "measured.csv.gz", times=3),
        peer("DuckDB", "duckdb_file", url, STATEMENT, "measured.csv.gz", "FORMAT csv, COMPRESSION gzip", times=3),
        peer("sling", "sling_csv", url, STATEMENT, "measured.csv.gz", times=1),
        peer("dlt, pyarrow", "dlt_files", url, "measured", "csv", "pyarrow", with_host(url), times=1),
        peer("dlt", "dlt_files", url, "measured", "csv", "sqlalchemy", with_host(url), times=1),
        peer("pandas", "pandas_csv", url, STATEMENT, "measured.csv.gz", times=1),
    )
    show(race(racers, root), "exporter", ROWS)
