"""The three systems, each with its sample in a database of its own."""

import shutil
from pathlib import Path

import psycopg
import pytest

from tests.exporter.systems.clock import Clock
from tests.exporter.systems.system import EXAMPLES, System


@pytest.fixture
def cds(database_url: str, database: psycopg.Connection, tmp_path: Path) -> System:
    """Seed 000, at 5 a.m. of a day on which two collection years have logs."""
    return system("cds", "cds", "2025-05-01T05:00:00+01:00", database_url, database, tmp_path)


@pytest.fixture
def archive(database_url: str, database: psycopg.Connection, tmp_path: Path) -> System:
    """Seed 001, at the moment of its own example of a file's name."""
    return system(
        "archive_and_clean", "common_knowledge", "2025-01-01T00:00:00+00:00", database_url, database, tmp_path
    )


@pytest.fixture
def cohorts(database_url: str, database: psycopg.Connection, tmp_path: Path) -> System:
    """Seed 004."""
    return system("cohorts", "cohort_items", "2020-11-01T08:00:00+00:00", database_url, database, tmp_path)


def system(
    name: str, dataset: str, moment: str, database_url: str, database: psycopg.Connection, tmp_path: Path
) -> System:
    """A system with its sample, its clock at a moment."""
    checkout = tmp_path / "checkout"
    shutil.copytree(EXAMPLES / name, checkout)
    for file in ("schema.sql", "data.sql"):
        database.execute((checkout / "sample" / file).read_bytes())
    clock = Clock.stop(database)
    clock.set(moment)
    return System(
        name=name,
        dataset=dataset,
        checkout=checkout,
        url=database_url,
        database=database,
        clock=clock,
        out=tmp_path / "out",
    )
