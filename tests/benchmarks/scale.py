"""How each step grows with the datasets: CPU and memory of a whole process among 10, 1,000 and 10,000 of them.

Of grants and policies only their own CPU counts: reading and checking, which come before, are `validate`.
"""

import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Final

from provisioner.access.delivery import delivery_policy
from provisioner.access.grants import by_identity, grants_of
from provisioner.access.limits import user_policies
from provisioner.access.policies import export_bucket_policy, pull_bucket_policy
from provisioner.access.routes import routes_of
from provisioner.datasets.catalogue import check_files
from provisioner.datasets.folder import read_folders
from provisioner.datasets.model import Catalogue
from provisioner.settings import Settings, load_settings
from tests.benchmarks.checkout import BUSY, commit_change, write_checkout
from tests.benchmarks.program import cost
from tests.benchmarks.report import say
from tests.benchmarks.usage import Usage, peak_mib, usage_of

SIZES: Final = (10, 1_000, 10_000)
"""Datasets: the first are hardly more than the start of Python."""
CHANGED: Final = 2
"""Files that differ between the two states that are planned."""
TIMES: Final = 3


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        roots = {size: Path(folder) / str(size) for size in SIZES}
        for size, root in roots.items():
            write_checkout(root, size)
            commit_change(root, CHANGED)
        for step, (measure, times, wanted) in STEPS.items():
            taken = {size: [measure(root) for _ in range(times)] for size, root in roots.items()}
            _report(step, wanted, taken)


def _report(step: str, wanted: str, taken: Mapping[int, list[Usage]]) -> None:
    say(f"\n{step}{f' (wanted: {wanted})' if wanted else ''}")
    cpu = {size: median(one.cpu for one in usages) for size, usages in taken.items()}
    for size, usages in taken.items():
        say(f"  {size:>6,} datasets {cpu[size]:8.3f} s of CPU, {max(one.peak for one in usages):,.0f} MiB at most")
    start, few, many = SIZES
    each_of_few, each_of_many = ((cpu[size] - cpu[start]) / (size - start) for size in (few, many))
    say(
        f"  a dataset more among {many:,} costs {each_of_many / each_of_few:.2f} times what it costs among {few:,} "
        "(wanted: 1)"
    )


def _command(*arguments: str) -> Callable[[Path], Usage]:
    """Measures a command in a checkout."""
    return lambda root: usage_of(*arguments, cwd=root)


def _alone(work: str) -> Callable[[Path], Usage]:
    """Measures a part of the library, in a process of its own."""

    def measure(root: Path) -> Usage:
        done = subprocess.run([sys.executable, "-m", __name__, work, root], capture_output=True, text=True, check=True)
        return Usage(**json.loads(done.stdout))

    return measure


def _program(root: Path) -> Usage:
    taken = cost("program", root)
    return Usage(cpu=taken.seconds, peak=taken.mib)


STEPS: Final[Mapping[str, tuple[Callable[[Path], Usage], int, str]]] = {
    "provisioner validate": (_command("validate"), TIMES, "1.0 s of CPU at most for 10,000"),
    "provisioner plan": (_command("plan", "--base", "main", "--head", "change", "--exit-zero"), TIMES, ""),
    "grants": (_alone("grants"), TIMES, ""),
    "grants and policies": (_alone("policies"), TIMES, "1.5 s of CPU at most for 10,000"),
    "provisioner who, of somebody": (_command("who", BUSY), TIMES, ""),
    "the program under mocks": (_program, 1, ""),
}
"""What is measured, how often, and what is wanted of it."""


def make_grants(catalogue: Catalogue, settings: Settings) -> None:
    """Every grant, and whose it is."""
    by_identity(grants_of(catalogue, settings), settings)


def make_policies(catalogue: Catalogue, settings: Settings) -> None:
    """Every grant, every policy as AWS is sent it, and the routes."""
    for principal, grants in by_identity(grants_of(catalogue, settings), settings).items():
        user_policies(principal, grants, catalogue, settings)
    documents = [pull_bucket_policy(dataset, settings) for dataset in catalogue.pull]
    documents += [delivery_policy(dataset, settings) for dataset in catalogue.push]
    documents.append(export_bucket_policy(catalogue.push, settings))
    for document in documents:
        _ = document.text
    routes_of(catalogue.push, settings).to_json()


WORK: Final = {"grants": make_grants, "policies": make_policies}


def measure(work: str, root: Path) -> Usage:
    """What this process takes for the work, once the files are read and checked."""
    settings, _ = load_settings(root, "prod")
    if settings is None:
        raise RuntimeError("the settings of the checkout are wrong")
    gc.disable()  # as every command does
    files, found = read_folders(root)
    catalogue = check_files(files, settings, None, found).catalogue
    begun = time.process_time()
    WORK[work](catalogue, settings)
    return Usage(cpu=time.process_time() - begun, peak=peak_mib())


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(measure(sys.argv[1], Path(sys.argv[2])))))
