"""The password of a database's URL is shown nowhere: not by any command, and not in the ledger."""

from urllib.parse import urlsplit, urlunsplit

import pytest

from exporter.cli.subject import Subject
from tests.exporter.cli.checkout import DATASET, Checkout

PASSWORD = "hunter2secret"
COMMANDS = [
    ("run", "lettings", "--to", "out"),
    ("status", "lettings"),
    ("verify", "lettings", "--to", "out"),
    ("backfill", "lettings", "--into", "out", "--from", "2026-01-01", "--to", "2026-01-02"),
    ("show", "lettings"),
    ("list",),
]


def said(checkout: Checkout) -> str:
    """All that all commands say."""
    outcomes = [checkout.run(*command) for command in COMMANDS]
    return "".join(outcome.out + outcome.err for outcome in outcomes)


def ledger(checkout: Checkout) -> str:
    """All that stands in the ledger."""
    tables = checkout.database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'exporter'").fetchall()
    found = [checkout.database.execute(f"SELECT * FROM exporter.{name}").fetchall() for (name,) in tables]  # noqa: S608 - names from the catalogue
    return str(found)


def test_a_password_is_in_no_output_and_not_in_the_ledger(
    checkout: Checkout, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = urlsplit(database_url)
    monkeypatch.setenv(
        "EXPORT_SOURCE_CORE",
        urlunsplit(
            parts._replace(netloc=f"{parts.username or 'postgres'}:{PASSWORD}@{parts.netloc.rpartition('@')[2]}")
        ),
    )
    checkout.visit("Leeds")
    shown = said(checkout)
    assert "1 row in 1 file" in shown
    assert PASSWORD not in shown
    checkout.dataset(DATASET.replace("place, changed FROM", "price, changed FROM"))
    assert PASSWORD not in said(checkout)
    assert "visits" in ledger(checkout)
    assert PASSWORD not in ledger(checkout)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://somebody:{PASSWORD}@127.0.0.1:1/core",
        f"postgresql://somebody:{PASSWORD}@127.0.0.1:port/core",
        f"postgresql://somebody:{PASSWORD}@[127.0.0.1/core",
        f"postgresql://somebody:1/{PASSWORD}@127.0.0.1:1/core",
        f"postgresql://somebody:1?{PASSWORD}@127.0.0.1:1/core",
        f"postgresql://somebody:1#{PASSWORD}@127.0.0.1:1/core",
        f"postgresql://somebody:1@{PASSWORD}@127.0.0.1:1/core",
        f"postgresql://somebody:%zz{PASSWORD}@127.0.0.1:1/core",
        f"postgresql://somebody:%00{PASSWORD}@127.0.0.1:1/core",
        f"postgresql:/somebody:{PASSWORD}@127.0.0.1:1/core",
        f"somebody:{PASSWORD}@127.0.0.1/core",
        f"host=127.0.0.1 port=1 password={PASSWORD}",
    ],
)
def test_no_mistake_in_the_url_shows_the_password(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("EXPORT_SOURCE_CORE", url)
    monkeypatch.setenv("PROVISIONER_DEBUG", "1")
    outcome = checkout.run("run", "lettings", "--to", "out")
    assert outcome.code in (2, 75)
    assert PASSWORD not in outcome.out + outcome.err


def test_what_is_known_of_a_run_does_not_show_the_url_when_it_is_printed() -> None:
    fields = dict.fromkeys(("dataset", "export", "settings", "folder", "ledger_file"))
    assert PASSWORD not in repr(Subject(url=PASSWORD, **fields))  # type: ignore[arg-type]  # only its form is looked at
