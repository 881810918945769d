"""exporter backfill: a window of the past is exported again."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from exporter.cli.backfill import time_in
from tests.exporter.cli.checkout import Checkout

LONDON = ZoneInfo("Europe/London")


def test_it_takes_what_changed_in_the_window_and_moves_no_cursor(checkout: Checkout) -> None:
    checkout.visit("Leeds", ago="400 days")
    checkout.visit("York", ago="2 days")
    day = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=400)
    outcome = checkout.run(
        *("backfill", "lettings", "--into", "out"),
        *("--from", f"{day:%Y-%m-%d}", "--to", f"{day + datetime.timedelta(days=2):%Y-%m-%d}"),
    )
    assert outcome.code == 0, outcome.err
    (name,) = [name for name in checkout.out() if name.startswith("visits")]
    assert "Leeds" in checkout.out()[name]
    assert "York" not in checkout.out()[name]
    checkout.run("run", "lettings", "--to", "out")
    assert any("Leeds" in text and "York" in text for text in checkout.out().values())


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (("--from", "2026-04-01", "--to", "2026-03-01"), "--from must lie before --to"),
        (("--from", "March", "--to", "2026-03-01"), "'March' is not a time: write one such as 2026-03-31"),
        (("--from", "2026-03-01"), "the following arguments are required: --to"),
    ],
)
def test_a_wrong_window_is_said(checkout: Checkout, window: tuple[str, ...], said: str) -> None:
    outcome = checkout.run("backfill", "lettings", "--into", "out", *window)
    assert outcome.code == 2
    assert said in outcome.err


def test_a_time_is_of_the_exports_zone_unless_it_names_its_own() -> None:
    assert time_in("2026-07-01", LONDON).isoformat() == "2026-07-01T00:00:00+01:00"
    assert time_in("2026-07-01T05:00", LONDON).isoformat() == "2026-07-01T05:00:00+01:00"
    assert time_in("2026-07-01T05:00Z", LONDON).isoformat() == "2026-07-01T05:00:00+00:00"
