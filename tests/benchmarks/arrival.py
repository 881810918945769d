"""End to end on the embedded AWS: put, notification, queue, the function's zip, target."""

import threading
import time
from typing import Final

from tests.benchmarks.report import say, spread
from tests.benchmarks.stage import DATASET, Stage, stage

OBJECTS: Final = 500
SIZE: Final = 10_000
ROUNDS: Final = 3
"""After one that does not count, in which the first containers start."""
FUNCTIONS: Final = 2
"""Containers at once: as few as AWS allows, for each is a process that shares this machine's cores with the AWS."""
_EVERY_SECONDS: Final = 0.2
"""How often the target is looked at: an arrival may be seen so much later."""
_PATIENCE_SECONDS: Final = 180


def run() -> None:
    """Measure and print."""
    puts, whole = [], []
    with stage() as made:
        made.limit_functions(FUNCTIONS)
        for turn in range(ROUNDS + 1):
            put_within, arrived_within = _round(made, f"{DATASET}/{turn}/")
            if turn:
                puts.append(put_within)
                whole.append(arrived_within)
    say(f"\n{OBJECTS} objects of {SIZE:,} bytes end to end: put, notification, queue, {FUNCTIONS} functions, target")
    say(f"  {'puts alone':<34}{spread([OBJECTS / seconds for seconds in puts], digits=0, unit=' objects/s')}")
    say(f"  {'first put to last arrival':<34}{spread([OBJECTS / one for one in whole], digits=0, unit=' objects/s')}")
    say(f"  {'':<34}{spread(whole, unit=' s')}")


def _round(made: Stage, prefix: str) -> tuple[float, float]:
    """Seconds until all are put, and until all have arrived."""
    keys = [f"{prefix}{number:06}.csv" for number in range(OBJECTS)]
    begun = time.perf_counter()
    put_within: list[float] = []

    def put() -> None:
        made.put(keys, SIZE)
        put_within.append(time.perf_counter() - begun)

    writer = threading.Thread(target=put)
    writer.start()
    while (there := made.arrived(prefix)) < OBJECTS:
        if time.perf_counter() - begun > _PATIENCE_SECONDS:
            raise RuntimeError(
                f"{there} of {OBJECTS} objects arrived in {_PATIENCE_SECONDS} s:\n{made.aws.log_tail(40)}"
            )
        time.sleep(_EVERY_SECONDS)
    arrived_within = time.perf_counter() - begun
    writer.join()
    return put_within[0], arrived_within
