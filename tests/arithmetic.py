"""What docs/forwarder.md counts: requests, functions, hours and money, from the forwarder's own constants."""

import math
from collections.abc import Iterator
from typing import Final

from provisioner.forwarder.forwarder import PART_MARGIN
from provisioner.forwarder.large import MAX_PART_BYTES, MIB, part_size
from provisioner.resources.forwarder import BATCH_SIZE, MAX_CONCURRENCY, TIMEOUT_SECONDS
from provisioner.settings import Settings

SETTINGS: Final = Settings(stack="prod", account_id="111122223333")
TERABYTE: Final = 10**12

SECONDS_A_FILE: Final = 0.15
"""Assumed: a HeadObject and a CopyObject of a small file within one region."""
BYTES_A_SECOND: Final = 100 * 10**6
"""Assumed: how fast S3 copies one part."""
PREFIX_WRITES: Final = 3_500
"""Amazon S3 User Guide, "Best practices design patterns": PUT, COPY, POST and DELETE a second and prefix, at first."""

PER_MILLION: Final = {
    "S3 CopyObject": 5.00,
    "S3 HeadObject": 0.40,
    "S3 DeleteObjects": 0.00,
    "SQS, three calls for ten messages and one a write": 0.52,
    "Lambda, calls and 1 GB while it runs": 0.0,
    "CloudWatch Logs, some 350 bytes a file": 0.18,
}
"""US dollars, us-east-1, AWS's price lists as of 2026. What Lambda costs follows from the assumptions."""
GIGABYTE_SECOND: Final = 0.0000166667
PART_REQUEST: Final = 5.00 / 10**6


def files_a_second_of_one_function() -> float:
    """Files that one function works off in a second, its batches full; one more second gathers a batch."""
    rounds = math.ceil(BATCH_SIZE / SETTINGS.forwarder_concurrency)
    return BATCH_SIZE / (rounds * SECONDS_A_FILE)


def rates() -> Iterator[tuple[str, ...]]:
    """Of each rate: functions at once, whether as many are let run, messages in flight, datasets to spread it over."""
    for rate in (10, 100, 1_000, 10_000):
        functions = math.ceil(rate / files_a_second_of_one_function())
        # Each file is a PUT of its user and a DELETE of ours under one prefix here.
        prefixes = math.ceil(rate * 2 / PREFIX_WRITES)
        enough = "enough" if functions <= MAX_CONCURRENCY else f"raise `MAX_CONCURRENCY` ({MAX_CONCURRENCY})"
        in_flight = functions * BATCH_SIZE
        yield f"{rate:,}", f"{functions:,}", enough, f"{in_flight:,}", f"{prefixes:,}"


def cost_of_a_million() -> float:
    """US dollars for a million small files."""
    return sum(PER_MILLION.values()) + lambda_cost_of_a_million()


def lambda_cost_of_a_million() -> float:
    """US dollars of the function for a million small files."""
    return 10**6 / files_a_second_of_one_function() * GIGABYTE_SECOND + 0.20 * 10**6 / BATCH_SIZE / 10**6


def costs() -> Iterator[tuple[str, ...]]:
    """Each kind of cost of a million small files."""
    for what, price in PER_MILLION.items():
        yield what, f"{price or (lambda_cost_of_a_million() if what.startswith('Lambda') else 0):.2f}"
    yield "all of it", f"{cost_of_a_million():.2f}"


def sizes() -> Iterator[tuple[str, ...]]:
    """Of each size: the parts, the hours, the runs and the money."""
    threshold = SETTINGS.multipart_threshold_mib * MIB
    for name, size in (
        ("5 GB", 5 * 10**9),
        ("100 GB", 100 * 10**9),
        ("1 TB", TERABYTE),
        ("5 TB", 5 * TERABYTE),
        ("50 TB", 50 * TERABYTE),
    ):
        part = part_size(size, threshold)
        parts = math.ceil(size / part)
        rounds = math.ceil(parts / SETTINGS.forwarder_concurrency)
        seconds = rounds * part / BYTES_A_SECOND
        runs = math.ceil(seconds / (TIMEOUT_SECONDS - PART_MARGIN))
        cost = parts * PART_REQUEST + seconds * GIGABYTE_SECOND
        yield name, f"{part / MIB:,.0f} MiB", f"{parts:,}", _time(seconds), f"{runs:,}", f"{cost:.2f}"
    assert part <= MAX_PART_BYTES


def _time(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.0f} min"
