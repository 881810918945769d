"""The most memory that the handler takes, which must not depend on how large the objects are.

Each load is handled in a process of its own, over the fake S3, in which sizes are numbers. What the fake holds is in
the figures: 10,000 parts of one upload among them.
"""

import json
import resource
import subprocess
import sys
from typing import Final

from tests.benchmarks.metered import metered_post, write
from tests.benchmarks.movers import BATCH
from tests.benchmarks.report import say

GIB: Final = 1024**3
LOADS: Final = {
    "100 objects of 1 KiB": (100, 1024),
    "100 objects of 5 GiB": (100, 5 * GIB),
    "1,000 objects of 1 KiB": (1_000, 1024),
    "1 object of 50 TB": (1, 50 * 10**12),
}
"""Objects and the bytes of each."""


def run() -> None:
    """Measure and print."""
    say("\nMemory of the handler over the fake S3, a process for each load (wanted: independent of the objects' size)")
    for name in LOADS:
        done = subprocess.run([sys.executable, "-m", __name__, name], capture_output=True, text=True, check=True)
        before, most = json.loads(done.stdout)
        say(f"  {name:<34}{most / 1024:7.1f} MiB at most, {before / 1024:.1f} of it before the first batch")


def peaks(load: str) -> tuple[int, int]:
    """The most KiB of this process before a load is handled, and when it has been."""
    objects, size = LOADS[load]
    _, warm = metered_post()
    warm.forward(*write(warm, 1, 1, "warm-"))
    s3, post = metered_post()
    bodies = write(post, objects, size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for at in range(0, objects, BATCH):
        if post.forward(*bodies[at : at + BATCH]):
            raise RuntimeError(f"{load}: not all was delivered: {post.lines()[-1]}")
        post.log.clear()
    if not s3.tally.counts["CopyObject"] and not s3.tally.counts["CompleteMultipartUpload"]:
        raise RuntimeError(f"{load}: nothing was copied")
    return before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    sys.stdout.write(json.dumps(peaks(sys.argv[1])))
