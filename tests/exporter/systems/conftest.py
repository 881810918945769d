"""The three systems, each with its sample in a database of its own."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import psycopg
import pytest

from exporter.engine.run import Result
from provisioner.emulator import postgres
from tests.exporter.systems.system import System

CDS: Final = ("cds", "cds", "2025-05-01T05:00:00+01:00")
"""The example, its dataset, and the time: of seed 000 at 5 a.m. of a day on which two collection years have logs."""
ARCHIVE: Final = ("archive_and_clean", "common_knowledge", "2025-01-01T00:00:00+00:00")
"""Seed 001, at the moment of its own example of a file's name."""
COHORTS: Final = ("cohorts", "cohort_items", "2020-11-01T08:00:00+00:00")
"""Seed 004."""


class First(NamedTuple):
    """A system after its first run."""

    system: System
    result: Result


@contextmanager
def started(server_url: str, system: tuple[str, str, str], folder: Path) -> Iterator[System]:
    """A system with its sample, before its first run."""
    name, dataset, moment = system
    with (
        postgres.database(server_url, f"test_{uuid.uuid4().hex}") as url,
        psycopg.connect(url, autocommit=True) as database,
    ):
        made = System.make(name, dataset, url=url, database=database, folder=folder)
        made.clock.set(moment)
        yield made


@pytest.fixture
def cds(server_url: str, tmp_path: Path) -> Iterator[System]:
    """Seed 000, before its first run."""
    with started(server_url, CDS, tmp_path) as system:
        yield system


@pytest.fixture
def archive(server_url: str, tmp_path: Path) -> Iterator[System]:
    """Seed 001, before its first run."""
    with started(server_url, ARCHIVE, tmp_path) as system:
        yield system


@pytest.fixture
def cohorts(server_url: str, tmp_path: Path) -> Iterator[System]:
    """Seed 004, before its first run."""
    with started(server_url, COHORTS, tmp_path) as system:
        yield system


@pytest.fixture(scope="module")
def first(request: pytest.FixtureRequest, server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[First]:
    """A system's first run, for tests that only look: the module says of which system."""
    with started(server_url, request.module.SYSTEM, tmp_path_factory.mktemp("first")) as system:
        yield First(system, system.run())
