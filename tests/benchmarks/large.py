"""What a large object asks of S3, beside the least that it could: its parts, and one request each to open the upload,
to complete it, and to delete the source."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from provisioner.forwarder.large import MIB, part_size
from tests.benchmarks.metered import MeteredS3, metered_post, write
from tests.benchmarks.report import say

GIB: Final = 1024**3
SIZES: Final = {"1 GiB": GIB, "100 GiB": 100 * GIB, "5 TB": 5 * 10**12, "50 TB": 50 * 10**12}
BESIDE_PARTS: Final = 3
"""The least that there is to do besides: open, complete, delete."""
RUN_OVERHEAD: Final = 13
"""Requests more than the least, in one run and for each further run: looking at source and target before and after,
the tags, the journal's claim and its end, and what S3 lists of the parts, 1,000 at a time.
"""
PARTS_A_RUN: Final = 3_000
"""Of an object that is handed on from run to run, how many a run copies."""
_RUN_SECONDS: Final = 900.0
_MOST_RUNS: Final = 20
"""Where each run copies what another has copied, there is no end."""


def run() -> None:
    """Count and print."""
    say(f"\nRequests for one large object (wanted: over the least, {RUN_OVERHEAD} a run at most)")
    say(f"  {'':<26}{'part, MiB':>12}{'parts':>9}{'requests':>10}{'over the least':>16}   runs")
    others: dict[str, Counter[str]] = {}
    for name, size in SIZES.items():
        others[name] = _line(name, deliver(size))
    handed_on = "50 TB, handed on"
    others[handed_on] = _line(handed_on, deliver(SIZES["50 TB"], parts_a_run=PARTS_A_RUN))
    for name in ("1 GiB", handed_on):
        del others[name]["UploadPartCopy"]
        say(f"  {name}, but parts: " + ", ".join(f"{count} {one}" for one, count in sorted(others[name].items())))


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What a large object took; `part` in bytes."""

    part: int
    parts: int
    runs: int
    requests: Counter[str]

    @property
    def over_the_least(self) -> int:
        """Requests beside the parts and what there is to do besides."""
        return self.requests.total() - self.parts - BESIDE_PARTS


def deliver(size: int, *, parts_a_run: int | None = None) -> Delivered:
    """Deliver an object of this size, in as many runs as it takes."""
    s3, post = metered_post()
    deadline = _Deadline(s3, parts_a_run)
    post.remaining = deadline.remaining
    (body,) = write(post, 1, size)
    post.queue.send(body)
    runs = 0
    while post.queue.messages and runs < _MOST_RUNS:
        deadline.begin()
        post.take()
        runs += 1
    if post.lines()[-1]["outcome"] != "delivered":
        raise RuntimeError(f"{size} bytes: {post.lines()[-1]}")
    part = part_size(size, post.threshold)
    return Delivered(part=part, parts=-(-size // part), runs=runs, requests=s3.tally.counts)


def _line(name: str, done: Delivered) -> Counter[str]:
    """Print a line of the table; the requests by kind."""
    say(
        f"  {name:<26}{done.part / MIB:>12,.0f}{done.parts:>9,}{done.requests.total():>10,}"
        f"{done.over_the_least:>16}   {done.runs}"
    )
    return done.requests


class _Deadline:
    """Time is up once a run has copied so many parts; None means never."""

    def __init__(self, s3: MeteredS3, parts: int | None) -> None:
        self._s3 = s3
        self._parts = parts
        self._begun_at = 0

    def begin(self) -> None:
        self._begun_at = self._s3.tally.counts["UploadPartCopy"]

    def remaining(self) -> float:
        copied = self._s3.tally.counts["UploadPartCopy"] - self._begun_at
        return _RUN_SECONDS if self._parts is None or copied < self._parts else 0.0
