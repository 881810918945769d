"""The Pulumi program beside the SDK alone, which registers as many resources of the same kinds, with inputs at hand.

Each runs in a process of its own, under the SDK's mocks, in turn. Counted is the CPU time from the first file read to
the last resource registered; to load the SDK is not in it.
"""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pulumi
import pulumi_aws as aws
from pulumi.runtime import mocks, settings
from pulumi.runtime.stack import run_in_stack

from provisioner.program import run as run_program
from tests.benchmarks.checkout import write_checkout
from tests.benchmarks.report import ratios, say, spread

DATASETS: Final = 1_000
MANY: Final = 10_000
TURNS: Final = 5
STACK: Final = "prod"
_COMPONENT: Final = "provisioner:resources:"


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
        few, many = (_recorded(Path(folder) / str(datasets), datasets) for datasets in (DATASETS, MANY))
        turns = [(_cost("program", few), _cost("bare", few)) for _ in range(TURNS)]
        large, large_bare = _cost("program", many), _cost("bare", many)
    ours, bare = zip(*turns, strict=True)
    many = ours[0].resources
    say(f"\nThe program of {DATASETS:,} datasets, {many:,} resources (wanted: 1.15 times the SDK's time at most)")
    for name, costs in (("the program", ours), ("the SDK alone", bare)):
        say(f"  {name:<22}{spread([cost.seconds for cost in costs], unit=' s')}, {max(c.mib for c in costs):,.0f} MiB")
    say(f"  {'times as long':<22}{ratios([cost.seconds for cost in bare], [cost.seconds for cost in ours])}")
    say(f"and of {MANY:,} datasets, {large.resources:,} resources, once")
    for name, cost in (("the program", large), ("the SDK alone", large_bare)):
        say(f"  {name:<22}{cost.seconds:9.2f} s, {cost.mib:,.0f} MiB")
    say(f"  {'times as long':<22}{large.seconds / large_bare.seconds:9.2f}")


def _recorded(root: Path, datasets: int) -> Path:
    """A checkout of so many datasets, and beside it what its program registers."""
    write_checkout(root, datasets)
    _child("record", root)
    return root


def _child(what: str, root: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", __name__, what, str(root)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{what} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def _cost(what: str, root: Path) -> Cost:
    return Cost(**json.loads(_child(what, root)))


class _Answers(mocks.Mocks):
    """Answers for AWS, and keeps what was registered: type, name and inputs of each."""

    def __init__(self) -> None:
        self.registered: list[tuple[str, str, Mapping[str, Any]]] = []

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise RuntimeError(f"the program looks something up: {args.token}")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.registered.append((args.typ, args.name, args.inputs))
        return args.name, {**args.inputs, "arn": f"arn:aws:some:::{args.name}", "url": f"https://{args.name}"}


def _mocked(program: Callable[[], object]) -> _Answers:
    answers = _Answers()

    def run() -> None:
        program()

    async def main() -> None:
        await run_in_stack(run)

    configured = settings.Settings(
        monitor=mocks.MockMonitor(answers),
        engine=mocks.MockEngine(None),
        project="data-engineering-exports",
        stack=STACK,
        dry_run=False,
    )
    settings.configure(configured)
    asyncio.run(main())
    return answers


def main(what: str, root: Path) -> None:
    """In a process of its own: run the program or the bare loop over a checkout, and print what it took."""
    recording = root / "recording.json"
    if what == "record":
        answers = _mocked(lambda: run_program(root, STACK, root / "build"))
        recording.write_text(json.dumps(answers.registered, default=str))
        return
    wanted = json.loads(recording.read_text())
    kinds = _kinds()
    known: list[tuple[type[pulumi.Resource], str, dict[str, Any]]] = [
        (kinds.get(kind, kind), name, _inputs(inputs)) for kind, name, inputs in wanted
    ]

    def bare() -> None:
        for kind, name, inputs in known:
            if isinstance(kind, str):
                pulumi.ComponentResource(kind, name)
            else:
                kind(name, **inputs)

    program = {"program": lambda: run_program(root, STACK, root / "build"), "bare": bare}[what]
    begun = time.process_time()
    answers = _mocked(program)
    seconds = time.process_time() - begun
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "mib": mib, "resources": len(answers.registered)}))


def _kinds() -> dict[str, type[pulumi.Resource]]:
    found: dict[str, type[pulumi.Resource]] = {"pulumi:providers:aws": aws.Provider}
    for module in (aws.cloudwatch, aws.iam, aws.lambda_, aws.s3, aws.sqs):
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, pulumi.Resource) and hasattr(thing, "pulumi_type"):
                found[thing.pulumi_type] = thing
    return found


def _inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    from pulumi_aws import _utilities
    import re

    snake = lambda text: re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: "_" + m[1].lower(), text)

    def deep(v):
        if isinstance(v, dict):
            return {snake(k): deep(x) for k, x in v.items()}
        if isinstance(v, list):
            return [deep(x) for x in v]
        return v

    return {snake(k): deep(v) for k, v in inputs.items()}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
