"""`provisioner validate` beside check-jsonschema, over 10,000 files and over one."""

import tempfile
from pathlib import Path
from typing import Final

from provisioner.datasets.keys import Kind
from tests.benchmarks.checkout import write_checkout
from tests.benchmarks.report import ratios, say
from tests.benchmarks.timing import Contender, in_turn
from tests.documentation import SCHEMAS
from tests.programs import program

FILES: Final = 10_000


def run() -> None:
    """Measure and print."""
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
    say(f"\n{what} (wanted: {wanted})")
    say(f"  {ours.name:<22}{of_ours}")
    say(f"  {peer.name:<22}{of_peer}")
    say(f"  {'times as fast':<22}{ratios(of_ours.taken, of_peer.taken)}")
