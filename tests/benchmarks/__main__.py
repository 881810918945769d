"""`make bench`: validate beside check-jsonschema, over 10,000 files and over one; and plan beside validate."""

import importlib.metadata
import os
import platform
import re
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

from provisioner.datasets.keys import Kind
from tests.benchmarks.checkout import commit_change, write_checkout
from tests.benchmarks.timing import Contender, Seconds, in_turn
from tests.documentation import SCHEMAS
from tests.programs import program

FILES: Final = 10_000
CHANGED: Final = 20
"""Files that differ between the two states that are planned."""


def main() -> None:
    """Measure and print; nothing here fails because of a number."""
    _say(_machine())
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_checkout(root, FILES)
        every = {kind: sorted((root / kind.folder).iterdir()) for kind in Kind}
        _compare(f"{FILES:,} files", "at least 4 times as fast", root, every)
        _compare("one file", "0.35 s at most", root, {Kind.PUSH: every[Kind.PUSH][:1]})
        commit_change(root, CHANGED)
        _compare_plan(root)


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
    _say(f"\n{what} (wanted: {wanted})")
    _say(f"  {ours.name:<22}{of_ours}")
    _say(f"  {peer.name:<22}{of_peer}")
    _say(f"  {'times as fast':<22}{_ratio(of_ours, of_peer)}")


def _compare_plan(root: Path) -> None:
    """Plan a change of a few among many datasets, from one commit to another, beside checking them all once."""
    name = program("provisioner")
    planned = Contender(
        name="provisioner plan",
        commands=((name, "plan", "--base", "main", "--head", "change", "--format", "markdown", "--exit-zero"),),
    )
    checked = Contender(name="provisioner validate", commands=((name, "validate"),))
    of_plan, of_validate = in_turn(planned, checked, root)
    _say(f"\n{FILES:,} datasets on each side, {CHANGED} changed (wanted: 2.5 times as long at most)")
    _say(f"  {planned.name:<22}{of_plan}")
    _say(f"  {checked.name:<22}{of_validate}")
    _say(f"  {'times as long':<22}{_ratio(of_validate, of_plan)}")


def _ratio(one: Seconds, other: Seconds) -> str:
    """How many times as long as the first the second takes, pair by pair."""
    ratios = [second / first for first, second in zip(one.taken, other.taken, strict=True)]
    return f"{median(ratios):7.2f}    ({min(ratios):.2f} to {max(ratios):.2f})"


def _machine() -> str:
    """What the numbers were taken on."""
    try:
        found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    processor = found[1] if found else platform.machine()
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("check-jsonschema", "pyyaml"))
    return (
        f"{processor}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, {packages}; medians of whole processes"
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
