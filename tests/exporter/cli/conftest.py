"""A checkout with an export whose database has one table."""

from pathlib import Path

import psycopg
import pytest

from tests.exporter.cli.checkout import DATASET, SETTINGS, Checkout


@pytest.fixture
def checkout(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    database: psycopg.Connection,
    database_url: str,
) -> Checkout:
    """A checkout whose dataset `lettings` exports the table `visit`, which is empty."""
    for name in ("PROVISIONER_STACK", "PROVISIONER_DEBUG", "EXPORT_LEDGER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EXPORT_SOURCE_CORE", database_url)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: data-engineering-exports\n")
    (tmp_path / "Pulumi.prod.yaml").write_text(SETTINGS)
    (tmp_path / "push_datasets").mkdir()
    made = Checkout(root=tmp_path, capsys=capsys, database=database)
    made.dataset(DATASET)
    database.execute(
        "CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, place text, changed timestamptz)"
    )
    return made
