"""`make bench` runs every benchmark, `python -m tests.benchmarks NAME …` those named. A number fails nothing."""

import importlib
import sys
from typing import Final

from tests.benchmarks.report import machine, say

BENCHMARKS: Final = (
    "validate",
    "plan",
    "scale",
    "program",
    "forwarder",
    "arrival",
    "cold_start",
    "handler",
    "memory",
    "large",
    "exports",
)
"""Each is a module here with a function `run`, which measures and prints."""


def main(names: list[str]) -> int:
    """Run the benchmarks of these names, or all; 2 for a name that is none."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        say(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
        return 2
    say(machine())
    for name in names or BENCHMARKS:
        # Each is loaded when its turn comes: Pulumi and the emulator take seconds that `validate` need not wait for.
        importlib.import_module(f"tests.benchmarks.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
