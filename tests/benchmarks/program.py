"""The Pulumi program beside the SDK alone, which registers as many resources of the same kinds, with inputs at hand.

Each runs in a process of its own, under the SDK's mocks, in turn. Counted is the CPU time from the first file read to
the last resource registered; to load Python and the SDK is not in it. The SDK alone registers flat: no resource has a
parent, a provider of its own, or an input that waits for another resource. The program leaves Python's garbage
collector out (provisioner/program.py); so beside the SDK as it comes, it is set beside one that does so too.
"""

import asyncio
import gc
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pulumi
import pulumi_aws as aws
from pulumi.runtime import mocks, settings
from pulumi.runtime.stack import run_in_stack

from provisioner import program
from provisioner.settings import PROJECT
from tests.benchmarks.checkout import write_checkout
from tests.benchmarks.report import ratios, say, spread

DATASETS: Final = 1_000
MANY: Final = 10_000
TURNS: Final = 3
CONTENDERS: Final = {
    "program": "the program",
    "sdk": "the SDK alone",
    "uncollected": "… and no collector",
}
"""What is run, and what it is called."""

Resource = tuple[str, str, Mapping[str, Any]]
"""Type, name and inputs, as the SDK sends them."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a run took."""

    seconds: float
    """Of CPU."""
    mib: float
    """The most memory that the process had."""
    resources: int


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = (_checkout(Path(folder), datasets) for datasets in (DATASETS, MANY))
        turns = [{name: cost_of(name, few) for name in CONTENDERS} for _ in range(TURNS)]
        _report(f"{DATASETS:,} datasets", turns)
        once = {name: cost_of(name, many) for name in CONTENDERS}
    _report(f"{MANY:,} datasets, once", [once])
    for name, called in CONTENDERS.items():
        most = min(turn[name].mib for turn in turns)
        further = (once[name].mib - most) * 1024 / (MANY - DATASETS)
        say(f"  {called:<22}{further:9.0f} KiB for each further dataset")


def _report(what: str, turns: list[dict[str, Cost]]) -> None:
    seconds = {name: [turn[name].seconds for turn in turns] for name in CONTENDERS}
    say(f"\nThe program of {what}, {turns[0]['program'].resources:,} resources (wanted: 1.15 times as long at most)")
    for name, called in CONTENDERS.items():
        most = max(turn[name].mib for turn in turns)
        say(f"  {called:<22}{spread(seconds[name], unit=' s')}  of CPU, {most:,.0f} MiB at most")
    for name in ("sdk", "uncollected"):
        say(f"  {'times ' + CONTENDERS[name]:<22}{ratios(seconds[name], seconds['program'])}")


def _checkout(folder: Path, datasets: int) -> Path:
    root = folder / str(datasets)
    write_checkout(root, datasets)
    return root


def cost_of(name: str, root: Path) -> Cost:
    """What one run takes; the program's has to be the first of a checkout."""
    done = subprocess.run([sys.executable, "-m", __name__, name, root], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr}")
    return Cost(**json.loads(done.stdout))


class _Answers(mocks.Mocks):
    """Answers for AWS, and keeps what was registered."""

    def __init__(self) -> None:
        self.registered: list[Resource] = []

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise RuntimeError(f"the program looks something up: {args.token}")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.registered.append((args.typ, args.name, args.inputs))
        return args.name, {**args.inputs, "arn": f"arn:aws:some:::{args.name}", "url": f"https://{args.name}"}


def _mocked(registering: Callable[[], None], root: Path) -> list[Resource]:
    """What is registered, once the SDK is done with it."""
    answers = _Answers()
    settings.configure(
        settings.Settings(
            monitor=mocks.MockMonitor(answers),
            engine=mocks.MockEngine(None),
            project=PROJECT,
            stack="prod",
            root_directory=str(root),
            dry_run=False,
        )
    )
    asyncio.run(run_in_stack(registering))
    return answers.registered


def measure(name: str, root: Path) -> Cost:
    """What this process takes; the program leaves behind what the SDK alone then registers."""
    recording = root / "registered.json"
    registering = program.main if name == "program" else _flat(json.loads(recording.read_text()))
    if name == "uncollected":
        gc.disable()
    begun = time.process_time()
    registered = _mocked(registering, root)
    cost = Cost(
        seconds=time.process_time() - begun,
        mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        resources=len(registered),
    )
    if name == "program":
        recording.write_text(json.dumps(registered, default=str))
    return cost


def _flat(resources: list[Resource]) -> Callable[[], None]:
    """Registers resources one after the other."""
    kinds = _kinds()
    ready = [(kinds.get(kind), kind, name, _arguments(inputs)) for kind, name, inputs in resources]

    def register() -> None:
        for made, kind, name, arguments in ready:
            if made is None:
                pulumi.ComponentResource(kind, name)
            else:
                made(name, **arguments)

    return register


def _kinds() -> dict[str, Callable[..., pulumi.Resource]]:
    """The classes of the SDK by their types."""
    modules = (aws.cloudwatch, aws.iam, aws.lambda_, aws.s3, aws.sqs)
    found = [thing for module in modules for thing in vars(module).values() if hasattr(thing, "pulumi_type")]
    return {"pulumi:providers:aws": aws.Provider, **{thing.pulumi_type: thing for thing in found}}


def _arguments(value: Any) -> Any:
    """Inputs, their keys as Python writes them."""
    match value:
        case dict():
            return {re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).lower(): _arguments(one) for key, one in value.items()}
        case list():
            return [_arguments(one) for one in value]
    return value


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(measure(sys.argv[1], Path(sys.argv[2])))))
