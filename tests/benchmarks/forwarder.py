"""The forwarder beside `rclone move` and boto3's managed copy with a delete: speed, and requests by kind."""

import shutil
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from statistics import median
from typing import Final

from tests.benchmarks.movers import Move, Mover, concurrency, movers
from tests.benchmarks.report import ratios, say, spread
from tests.benchmarks.stage import DATASET, Stage, stage
from tests.benchmarks.wire import Relay, counting_relay

LOADS: Final = ((500, 10_000), (100, 1024**2))
"""Objects, and the bytes of each."""
ROUNDS: Final = 5
"""Of each load, after one that does not count. All take their turn in each, and begin in turn."""
COUNTED: Final = 200
"""Objects whose requests are counted, as two full batches."""


def run() -> None:
    """Measure and print."""
    contenders = movers()
    with stage() as made:
        made.stop_the_function()
        say(f"\nThe forwarder and its peers on the embedded AWS, {concurrency(made)} requests at once")
        if not shutil.which("rclone"):
            say("  without rclone, which is not on the PATH here: apt-get install rclone, or https://rclone.org")
        for objects, size in LOADS:
            _race(made, contenders, objects, size)
        _count(made, contenders)


def _race(made: Stage, contenders: list[Mover], objects: int, size: int) -> None:
    """Each contender moves fresh objects of its own in each round."""
    taken: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    with ExitStack() as stack:
        moves = [(one.name, stack.enter_context(one.at(made, made.aws.endpoint_url))) for one in contenders]
        for turn in range(ROUNDS + 1):
            for name, move in moves[turn % len(moves) :] + moves[: turn % len(moves)]:
                seconds = _move(made, move, f"{DATASET}/{size}/{turn}/{name.replace(' ', '-')}", objects, size)
                if turn:
                    taken[name].append(seconds)
    ours = taken[contenders[0].name]
    say(f"\n{objects} objects of {size:,} bytes, {ROUNDS} rounds (wanted: faster than both)")
    for name, times in taken.items():
        say(f"  {name:<22}{objects / median(times):>7,.0f} objects/s {spread(times, digits=3, unit=' s')}")
    for name, times in list(taken.items())[1:]:
        say(f"  {'times as fast as':<17}{name:<22}{ratios(ours, times)}")


def _count(made: Stage, contenders: list[Mover]) -> None:
    """How many requests of which kind each contender makes for an object."""
    counted: dict[str, Relay] = {}
    for contender in contenders:
        with counting_relay(made.aws) as relay, contender.at(made, relay.endpoint_url) as move:
            _move(made, move, f"{DATASET}/counted/{contender.name.replace(' ', '-')}", COUNTED, 1_000)
        counted[contender.name] = relay
    say(f"\nRequests for an object, of {COUNTED} delivered (wanted: 3 at most, one a CopyObject; fewer than theirs)")
    _print_table({name: relay.counts for name, relay in counted.items()})
    for name, relay in counted.items():
        for what, times in sorted(relay.refused.items()):
            say(f"  {name} was refused {times} times: {what}")


def _print_table(counts: Mapping[str, Counter[str]]) -> None:
    operations = sorted({operation for count in counts.values() for operation in count})
    say(f"  {'':<28}" + "".join(f"{name:>22}" for name in counts))
    for operation in operations:
        cells = "".join(
            f"{count[operation] / COUNTED:>22.3f}" if count[operation] else f"{'':>22}" for count in counts.values()
        )
        say(f"  {operation:<28}{cells}")
    say(f"  {'all':<28}" + "".join(f"{count.total() / COUNTED:>22.3f}" for count in counts.values()))


def _move(made: Stage, move: Move, prefix: str, objects: int, size: int) -> float:
    """Put fresh objects and have them moved; a mover that leaves or loses any is not measured but found out."""
    keys = [f"{prefix}/{number:06}.csv" for number in range(objects)]
    made.put(keys, size)
    seconds = move(keys, size)
    there, here = made.arrived(f"{prefix}/"), made.left(f"{prefix}/")
    if (there, here) != (objects, 0):
        raise RuntimeError(f"{prefix}: {there} of {objects} objects arrived and {here} were left")
    return seconds
