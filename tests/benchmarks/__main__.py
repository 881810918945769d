"""`make bench`: validate beside check-jsonschema, over 10,000 files and over one."""

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
from tests.benchmarks.checkout import write_checkout
from tests.benchmarks.timing import Contender, Seconds, in_turn
from tests.documentation import SCHEMAS
from tests.programs import program

FILES: Final = 10_000


def main() -> None:
    """Measure and print; nothing here fails because of a number."""
    _say(_machine())
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_checkout(root, FILES)
        every = {kind: sorted((root / kind.folder).iterdir()) for kind in Kind}
        _compare(f"{FILES:,} files", "at least 4 times as fast", root, every)
        _compare("one file", "0.35 s at most", root, {Kind.PUSH: every[Kind.PUSH][:1]})


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


def _ratio(ours: Seconds, peer: Seconds) -> str:
    """How many times as fast ours is, pair by pair."""
    ratios = [theirs / mine for mine, theirs in zip(ours.taken, peer.taken, strict=True)]
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
