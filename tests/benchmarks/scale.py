"""How each part grows with the number of datasets: half push, 2,000 users, 300 accounts, one user in every 25th.

A command is counted as a whole process. Grants and policies are counted alone, in a process of their own, from the
catalogue to the last document; the program under the SDK's mocks, as program.py measures it.
"""

import datetime
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Final

from provisioner.access.check import check
from provisioner.access.delivery import delivery_policy
from provisioner.access.grants import by_identity, grants_of
from provisioner.access.limits import user_policies
from provisioner.access.policies import export_bucket_policy, pull_bucket_policy
from provisioner.access.routes import routes_of
from provisioner.datasets.folder import read_folders
from provisioner.settings import load_settings
from tests.benchmarks import program
from tests.benchmarks.checkout import BUSY, commit_change, write_checkout
from tests.benchmarks.report import say
from tests.benchmarks.usage import Usage, peak_of_this_process, usage_of

SIZES: Final = (10, 1_000, 10_000)
TIMES: Final = 3
CHANGED: Final = 5
"""Files of a plan's pull request; fewer than the least checkout has."""
_DAY: Final = datetime.date(2026, 1, 1)


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        roots = {datasets: _checkout(Path(folder), datasets) for datasets in SIZES}
        plan = ("plan", "--base", "main", "--head", "change", "--exit-zero", "--format", "markdown")
        _grows("validate", "1.0 s", roots, lambda root: usage_of("validate", cwd=root))
        _grows("plan of 5 changes", "", roots, lambda root: usage_of(*plan, cwd=root))
        _grows("grants and policies", "1.5 s", roots, lambda root: _alone("policies", root))
        _grows("grants alone", "", roots, lambda root: _alone("grants", root))
        _grows("who, of the busiest user", "", roots, lambda root: usage_of("who", BUSY, cwd=root))
        _grows("the Pulumi program", "", roots, _program, times=1)


def _checkout(folder: Path, datasets: int) -> Path:
    root = folder / str(datasets)
    root.mkdir()
    write_checkout(root, datasets)
    commit_change(root, CHANGED)
    return root


def _grows(
    what: str, wanted: str, roots: dict[int, Path], measured: Callable[[Path], Usage], *, times: int = TIMES
) -> None:
    say(f"\n{what}: CPU of a process, its memory{f' (wanted: {wanted} at most for 10,000)' if wanted else ''}")
    seconds: dict[int, float] = {}
    for datasets, root in roots.items():
        taken = [measured(root) for _ in range(times)]
        seconds[datasets] = median(one.cpu for one in taken)
        most = max(one.peak for one in taken)
        say(f"  {datasets:>6,} datasets  {seconds[datasets]:8.3f} s  {most:7.0f} MiB")
    few, some, many = SIZES
    first = (seconds[some] - seconds[few]) / (some - few)
    then = (seconds[many] - seconds[some]) / (many - some)
    say(f"  a further dataset among {many:,} costs {then / first:.2f} times what it costs among {some:,}")


def _program(root: Path) -> Usage:
    cost = program.cost_of("program", root)
    return Usage(cpu=cost.seconds, peak=cost.mib)


def _alone(part: str, root: Path) -> Usage:
    done = subprocess.run([sys.executable, "-m", __name__, part, root], capture_output=True, text=True, check=True)
    return Usage(**json.loads(done.stdout))


def measure(part: str, root: Path) -> Usage:
    """What a part takes of this process, once the files are read and checked."""
    settings, problems = load_settings(root, "prod")
    if settings is None:
        raise RuntimeError(f"the settings have problems: {problems}")
    gc.disable()  # as the commands do
    files, found = read_folders(root)
    catalogue = check(files, found, settings, _DAY).catalogue
    begun = time.process_time()
    grants = list(grants_of(catalogue, settings))
    if part == "policies":
        characters = sum(
            len(policy.document.text)
            for principal, given in by_identity(grants, settings).items()
            for policy in user_policies(principal, given, catalogue, settings)
        )
        characters += sum(len(pull_bucket_policy(dataset, settings).text) for dataset in catalogue.pull)
        characters += sum(len(delivery_policy(dataset, settings).text) for dataset in catalogue.push)
        characters += len(export_bucket_policy(catalogue.push, settings).text)
        characters += len(routes_of(catalogue.push, settings).to_json())
        if not characters:
            raise RuntimeError("no document was made")
    return Usage(cpu=time.process_time() - begun, peak=peak_of_this_process())


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(measure(sys.argv[1], Path(sys.argv[2])))))
