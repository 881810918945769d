"""`provisioner validate` beside check-jsonschema, over 10,000 files and over one; and how it grows with the files."""

import tempfile
from pathlib import Path
from statistics import median
from typing import Final

from provisioner.datasets.keys import Kind
from tests.benchmarks.checkout import write_checkout
from tests.benchmarks.report import ratios, say, spread
from tests.benchmarks.timing import Contender, in_turn
from tests.benchmarks.usage import usage_of
from tests.documentation import SCHEMAS
from tests.programs import program

FILES: Final = 10_000
SIZES: Final = (10, 1_000, FILES)
"""Checkouts in which growth is measured: the first is hardly more than the start of Python."""
_TIMES: Final = 5


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_checkout(root, FILES)
        every = {kind: sorted((root / kind.folder).iterdir()) for kind in Kind}
        _compare(f"{FILES:,} files", "at least 4 times as fast", root, every)
        _compare("one file", "0.35 s at most", root, {Kind.PUSH: every[Kind.PUSH][:1]})
    _grow()


def _grow() -> None:
    """CPU and memory of the whole process by the number of files, and what a file costs in many and in few."""
    say(f"\nThe whole process, by the number of files (wanted: 1.0 s of CPU at most for {FILES:,})")
    costs = {size: _cost(size) for size in SIZES}
    start, *others = SIZES
    few, many = ((costs[size] - costs[start]) / (size - start) for size in others)
    say(f"  a file more among {others[1]:,} costs {many / few:.2f} times what it costs among {others[0]:,} (wanted: 1)")


def _cost(files: int) -> float:
    """The CPU seconds that so many files take; measured, after one run that does not count, and printed."""
    with tempfile.TemporaryDirectory() as folder:
        write_checkout(Path(folder), files)
        _, *taken = (usage_of("validate", cwd=Path(folder)) for _ in range(_TIMES + 1))
    cpu = [usage.cpu for usage in taken]
    peak = max(usage.peak for usage in taken)
    say(f"  {files:>6,} files {spread(cpu, digits=3, unit=' s of CPU')}, {peak:.1f} MiB at most")
    return median(cpu)


def _compare(what: str, wanted: str, root: Path, files: dict[Kind, list[Path]]) -> None:
    """Check `files`, by kind: all at once with ours, one process for each schema with the peer."""
    schemas = {kind: path for path, kind in SCHEMAS.items()}
    shown = {kind: [path.relative_to(root) for path in paths] for kind, paths in files.items()}
    whole = len(shown) == len(Kind)
    ours = Contender(
        name="provisioner validate",
        commands=((program("provisioner"), "validate", *(() if whole else shown[Kind.PUSH])),),
    )
    peer = Contender(
        name="check-jsonschema",
        commands=tuple(
            (program("check-jsonschema"), "--schemafile", schemas[kind], *paths) for kind, paths in shown.items()
        ),
    )
    of_ours, of_peer = in_turn(ours, peer, root)
    say(f"\n{what} (wanted: {wanted})")
    say(f"  {ours.name:<22}{of_ours}")
    say(f"  {peer.name:<22}{of_peer}")
    say(f"  {'times as fast':<22}{ratios(of_ours.taken, of_peer.taken)}")
