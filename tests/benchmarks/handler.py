"""The handler alone, over the fake S3 in the same process: what it costs beside all that AWS does."""

import time
from collections import Counter
from typing import Final

from tests.benchmarks.metered import metered_post, write
from tests.benchmarks.movers import BATCH
from tests.benchmarks.report import say, spread

OBJECTS: Final = 2_000
SIZE: Final = 10_000
ROUNDS: Final = 5
"""After one that does not count."""


def run() -> None:
    """Measure and print."""
    rates, ours, fakes = [], [], []
    counts: Counter[str] = Counter()
    for turn in range(ROUNDS + 1):
        s3, post = metered_post()
        bodies = write(post, OBJECTS, SIZE)
        begun, cpu = time.perf_counter(), time.process_time()
        kept = [one for at in range(0, OBJECTS, BATCH) for one in post.forward(*bodies[at : at + BATCH])]
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
        if kept:
            raise RuntimeError(f"{len(kept)} messages were not delivered: {post.lines()[-1]}")
        if turn:
            rates.append(OBJECTS / seconds)
            ours.append((cpu - s3.cpu) / OBJECTS * 1e6)
            fakes.append(s3.cpu / OBJECTS * 1e6)
            counts = s3.tally.counts
    say(f"\nThe handler alone over the fake S3, {OBJECTS:,} objects in batches of {BATCH}, {post.concurrency} at once")
    say(f"  {'delivered':<34}{spread(rates, digits=0, unit=' objects/s')}")
    say(f"  {'CPU of the forwarder':<34}{spread(ours, digits=0, unit=' µs an object')}")
    say(f"  {'CPU of the fake beside it':<34}{spread(fakes, digits=0, unit=' µs an object')}")
    say("  requests an object: " + ", ".join(f"{count / OBJECTS:.3f} {name}" for name, count in sorted(counts.items())))
