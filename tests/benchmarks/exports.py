"""The exporter beside its peers: files of 2 million rows and how near the limit they are made, XML, and memory."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.benchmarks import forms
from tests.benchmarks.exporting import exporter, write_checkout
from tests.benchmarks.peers import peer, with_host
from tests.benchmarks.race import Racer, race, show
from tests.benchmarks.report import say
from tests.benchmarks.source import FIELDS, FORMS, MANY, ROWS, STATEMENT, fill_many, source

SLOW: Final = 1
"""Rounds of who takes minutes."""


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, source() as url:
        root = Path(folder)
        checkout = root / "checkout"
        checkout.mkdir()
        write_checkout(checkout)

        def of(what: str, racers: Sequence[Racer], rows: int) -> None:
            say(f"\n{what}")
            show(race(racers, root), racers[0].name, rows)

        of(
            f"{ROWS:,} rows of 11 columns into csv.gz (wanted: 3.5 times psycopg to gzip 6, 5 times dlt, under 96 MiB)",
            (exporter("csv_gz", url, checkout), *_csv_gz(url)),
            ROWS,
        )
        of(
            f"{ROWS:,} rows of 11 columns into Parquet (wanted: twice dlt's fastest, under 96 MiB)",
            (exporter("parquet", url, checkout), *_parquet(url)),
            ROWS,
        )
        forms.measure(url, root)
        of(f"{FORMS:,} records of {FIELDS} fields into XML in a zip", (exporter("xml", url, checkout),), FORMS)
        fill_many(url)
        for task in ("csv_gz_many", "parquet_many"):
            of(f"{MANY:,} rows, {task} (wanted: under 96 MiB)", (exporter(task, url, checkout, times=SLOW),), MANY)


def _csv_gz(url: str) -> tuple[Racer, ...]:
    file = "measured.csv.gz"
    return (
        peer("the server alone, to /dev/null", "nowhere", url, STATEMENT, "server"),
        peer("psycopg COPY, to nowhere", "nowhere", url, STATEMENT, "client"),
        peer("psycopg COPY, gzip level 6", "psycopg_gzip", url, STATEMENT, file),
        peer("DuckDB", "duckdb_file", url, STATEMENT, file, "FORMAT csv, COMPRESSION gzip"),
        peer("sling", "sling_csv", url, STATEMENT, file, times=SLOW),
        peer("dlt by pyarrow", "dlt_files", url, "measured", "csv", "pyarrow", with_host(url), times=SLOW),
        peer("dlt", "dlt_files", url, "measured", "csv", "sqlalchemy", with_host(url), times=SLOW),
        peer("pandas", "pandas_csv", url, STATEMENT, file, times=SLOW),
    )


def _parquet(url: str) -> tuple[Racer, ...]:
    file = "measured.parquet"
    return (
        peer("dlt by ConnectorX", "dlt_files", url, "measured", "parquet", "connectorx", with_host(url)),
        peer("dlt by pyarrow", "dlt_files", url, "measured", "parquet", "pyarrow", with_host(url), times=SLOW),
        peer("DuckDB", "duckdb_file", url, STATEMENT, file, "FORMAT parquet, COMPRESSION zstd"),
        peer("ConnectorX, whole in memory", "connectorx_parquet", with_host(url), STATEMENT, file),
    )
