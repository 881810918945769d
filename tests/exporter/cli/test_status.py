"""exporter status: published, empty, failed, running and not run are told apart, and the rule sets the exit code."""

import json

import pytest

from tests.exporter.cli.checkout import DATASET, Checkout


def ran(checkout: Checkout, ago: str = "0") -> None:
    """A run into the bucket so long ago, as far as the ledger knows."""
    checkout.run("run", "lettings", "--to", "out")
    checkout.database.execute(
        "UPDATE exporter.run SET target = 's3://exporter-cli-exports/lettings/', number = id,"
        " started_at = started_at - %s::interval",
        (ago,),
    )


def test_an_export_that_never_ran_is_not_run_and_not_fresh(checkout: Checkout) -> None:
    outcome = checkout.run("status", "lettings")
    assert outcome.code == 1
    assert outcome.out == (
        "lettings: not run into s3://exporter-cli-exports/lettings/ (error: no run has gone well yet)\n"
    )


def test_to_ask_makes_no_ledger(checkout: Checkout) -> None:
    checkout.run("status", "lettings")
    assert checkout.database.execute("SELECT FROM pg_namespace WHERE nspname = 'exporter'").fetchall() == []


def test_a_run_with_rows_is_published(checkout: Checkout) -> None:
    checkout.visit("Leeds")
    ran(checkout)
    outcome = checkout.run("status", "lettings")
    assert outcome.code == 0
    assert "lettings: published 0 s ago, into s3://exporter-cli-exports/lettings/ (fresh)" in outcome.out
    assert "visits: published, 1 row" in outcome.out


def test_a_run_without_rows_is_empty_and_as_fresh(checkout: Checkout) -> None:
    ran(checkout)
    outcome = checkout.run("status", "lettings")
    assert outcome.code == 0
    assert "lettings: empty" in outcome.out
    assert "(fresh)" in outcome.out


@pytest.mark.parametrize(("ago", "code", "verdict"), [("27 hours", 0, "warn"), ("51 hours", 1, "error")])
def test_the_rule_sets_the_exit_code_and_a_warning_is_only_said(
    checkout: Checkout, ago: str, code: int, verdict: str
) -> None:
    ran(checkout, ago)
    outcome = checkout.run("status", "lettings")
    assert outcome.code == code
    assert f"({verdict}: the last good run is older than {verdict}_after)" in outcome.out


def test_a_run_that_failed_is_failed_with_its_reason(checkout: Checkout) -> None:
    ran(checkout)
    checkout.dataset(DATASET.replace("place, changed FROM", "price, changed FROM"))
    ran(checkout)
    outcome = checkout.run("status", "lettings")
    assert outcome.code == 0
    assert "lettings: failed" in outcome.out
    assert "(warn: the last run failed)" in outcome.out
    assert 'column "price" does not exist' in outcome.out


def test_the_json_has_a_version_and_each_state_as_a_word(checkout: Checkout) -> None:
    ran(checkout, "27 hours")
    said = json.loads(checkout.run("status", "--format", "json").out)
    assert said["version"] == 1
    (one,) = said["exports"]
    assert (one["name"], one["state"], one["verdict"]) == ("lettings", "empty", "warn")
    assert one["warn_after_seconds"] == 26 * 3600
    assert 27 * 3600 <= one["age_seconds"] < 27 * 3600 + 60


def test_an_export_that_cannot_be_asked_hides_no_other(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.dataset(DATASET.replace("source: core", "source: other").replace("name: lettings", "name: away"), "away")
    (checkout.root / "Pulumi.prod.yaml").write_text(
        (checkout.root / "Pulumi.prod.yaml").read_text()
        + "    other: arn:aws:secretsmanager:eu-west-2:111111111111:secret:other-AbCdEf\n"
    )
    monkeypatch.setenv("EXPORT_SOURCE_OTHER", "postgresql://nobody:s3cret@127.0.0.1:1/nowhere")
    ran(checkout)
    outcome = checkout.run("status")
    assert outcome.code == 75
    assert "away: not known: the source database at 127.0.0.1:1/nowhere cannot be reached" in outcome.out
    assert "lettings: empty" in outcome.out
