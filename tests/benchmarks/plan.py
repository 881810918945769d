"""`provisioner plan` of a few changes among 10,000 datasets, beside checking them all once."""

import tempfile
from pathlib import Path
from typing import Final

from tests.benchmarks.checkout import commit_change, write_checkout
from tests.benchmarks.report import ratios, say
from tests.benchmarks.timing import Contender, in_turn
from tests.programs import program

FILES: Final = 10_000
CHANGED: Final = 20
"""Files that differ between the two states that are planned."""


def run() -> None:
    """Plan a change from one commit to another; measure and print."""
    name = program("provisioner")
    planned = Contender(
        name="provisioner plan",
        commands=((name, "plan", "--base", "main", "--head", "change", "--format", "markdown", "--exit-zero"),),
    )
    checked = Contender(name="provisioner validate", commands=((name, "validate"),))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_checkout(root, FILES)
        commit_change(root, CHANGED)
        of_plan, of_validate = in_turn(planned, checked, root)
    say(f"\n{FILES:,} datasets on each side, {CHANGED} changed (wanted: 2.5 times as long at most)")
    say(f"  {planned.name:<22}{of_plan}")
    say(f"  {checked.name:<22}{of_validate}")
    say(f"  {'times as long':<22}{ratios(of_validate.taken, of_plan.taken)}")
