"""The figures in docs/forwarder.md are those of the code."""

import math
from typing import Final

import pytest

from provisioner.forwarder.delivery import MAX_ATTEMPTS
from provisioner.forwarder.large import MAX_PART_BYTES, MAX_PARTS, MIB, part_size
from provisioner.forwarder.rest import REST_SECONDS
from provisioner.forwarder.retry import MOST_TRIES, MOST_TRIES_LASTING
from provisioner.forwarder.sweep import ANNOUNCED_PER_SECOND, EVENT_LATENESS, MOST_ANNOUNCED
from provisioner.resources.forwarder import BATCH_SIZE, RECEIVES
from tests import arithmetic
from tests.documentation import ROOT

PAGE: Final = " ".join((ROOT / "docs" / "forwarder.md").read_text(encoding="utf-8").split())


@pytest.mark.parametrize(
    "said",
    [
        f"look again, at most {MAX_ATTEMPTS} times in one run",
        f"at most {MOST_ANNOUNCED:,} files in one sweep and {ANNOUNCED_PER_SECOND:.0f} a second",
        f"throttled, no answer, an error of AWS's own | {MOST_TRIES} |",
        f"the target refuses | {MOST_TRIES_LASTING} |",
        f"the function died | {RECEIVES} |",
        f"rests for {REST_SECONDS:.0f} seconds",
        f"up to {BATCH_SIZE} --> function",
        f"Assumed are {arithmetic.SECONDS_A_FILE} seconds",
        f"{arithmetic.BYTES_A_SECOND // 10**6} MB a second for one part",
        f"at {arithmetic.SETTINGS.forwarder_concurrency} parts at once",
    ],
)
def test_the_page_says_what_the_code_does(said: str) -> None:
    assert said in PAGE


def test_a_quarter_of_an_hour_is_what_events_may_be_late() -> None:
    assert (EVENT_LATENESS, "a quarter of an hour older than that message" in PAGE) == (15 * 60, True)


def test_fifty_terabytes_fit_into_ten_thousand_parts_of_five_gibibytes() -> None:
    size = part_size(50 * arithmetic.TERABYTE, arithmetic.SETTINGS.multipart_threshold_mib * MIB)
    assert size <= MAX_PART_BYTES
    assert math.ceil(50 * arithmetic.TERABYTE / size) <= MAX_PARTS


def test_the_costs_add_up() -> None:
    *parts, (_, total) = arithmetic.costs()
    assert float(total) == pytest.approx(sum(float(price) for _, price in parts), abs=0.02)
