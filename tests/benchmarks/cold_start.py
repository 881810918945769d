"""How long a new container takes: from the start of a process to its first handled message, with the real zip."""

from typing import Final

from tests.benchmarks.container import TEST_EVENT, container
from tests.benchmarks.report import say, spread
from tests.benchmarks.stage import stage

TIMES: Final = 7


def run() -> None:
    """Measure and print."""
    rows: dict[str, list[float]] = {}
    with stage() as made:
        size = made.zip.stat().st_size
        environment = made.function_environment()
        for _ in range(TIMES):
            with container(made.zip, environment) as new:
                first, second = new.call([TEST_EVENT]).seconds, new.call([TEST_EVENT]).seconds
                for what, seconds in (
                    ("import of the handler", new.imported.seconds),
                    ("first message", first),
                    ("second message", second),
                    ("from nothing to the first's end", new.started_within + first),
                ):
                    rows.setdefault(what, []).append(seconds)
    say(f"\nCold start of the forwarder's zip, {size / 1024**2:.1f} MiB, in a process that has nothing else")
    for what, taken in rows.items():
        say(f"  {what:<34}{spread(taken, digits=3, unit=' s')}")
