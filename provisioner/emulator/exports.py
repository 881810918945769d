"""The exports of the examples: each runs as its schedule would have it run, and its files arrive at their target."""

import datetime
import hashlib
import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from typing import Any, Final

from provisioner.emulator.arrivals import Arrivals
from provisioner.emulator.attempt import WrongError, must_be_refused, tried
from provisioner.emulator.embedded_aws import Credentials, EmbeddedAws
from provisioner.emulator.examples import Composed, Example
from provisioner.emulator.expected import EXPECTED
from provisioner.emulator.postgres import Server
from provisioner.emulator.shell import Shell
from provisioner.emulator.sources import Source, source_of
from provisioner.exports.model import Mode
from provisioner.exports.source import variable_of
from provisioner.reporting.sightings import Sighting

ARRIVAL_SECONDS: Final = 60.0
"""How long a file may take to its target."""
_SAID: Final = 3
"""Lines of a run that failed that are shown: its last."""


@dataclass(frozen=True, kw_only=True)
class _Run:
    """A run that has ended."""

    example: Example
    role: str
    """The role that it worked as."""
    said: dict[str, Any]
    """Its report: `exporter run --format json`."""
    seconds: float
    """How long it was waited for."""
    ended: float
    """When it had ended, by the steady clock."""

    @property
    def sums(self) -> dict[str, str]:
        """The SHA-256 of each file, as the ledger has it."""
        return {file["key"]: file["sha256"] for file in self.said["files"]}

    @property
    def manifest(self) -> str | None:
        """The key of its manifest, which the ledger has no checksum of."""
        manifest: str | None = self.said["manifest"]
        return manifest

    @property
    def keys(self) -> list[str]:
        """All that it made."""
        return [*self.sums, *([self.manifest] if self.manifest else [])]

    @property
    def records(self) -> int:
        """The rows that it exported."""
        return sum(output["records"] for output in self.said["outputs"])


class Exports:
    """The exports of a checkout's examples."""

    def __init__(self, aws: EmbeddedAws, composed: Composed, server: Server) -> None:
        """Nothing has run yet, and the server is not waited for."""
        self._aws = aws
        self._composed = composed
        self._settings = composed.settings
        self._server = server
        self._shell = Shell(aws, composed.root, composed.settings)
        self._arrivals = Arrivals(aws, composed.catalogue, composed.settings)
        self.shown = ""
        """What `exporter status` said at the end."""

    def happen(self) -> Iterator[Sighting]:
        """Run them all at once, see the files arrive and rows go, and see one run again that finds nothing."""
        with ExitStack() as stack:
            sources = {
                example.dataset.name: stack.enter_context(source_of(example, self._server.url))
                for example in self._composed.examples
            }
            runs = []
            for example, process in [
                (example, stack.enter_context(self._start(example, sources[example.dataset.name])))
                for example in self._composed.examples
            ]:
                run = self._ended(example, process)
                if isinstance(run, Sighting):
                    yield run
                else:
                    runs.append(run)
                    yield self._as_expected(run)
            again = [
                (run.example, stack.enter_context(self._start(run.example, sources[run.example.dataset.name])))
                for run in runs
                if all(task.mode is Mode.WINDOW for task in run.example.export.tasks)
            ]
            for run in runs:
                yield from self._seen(run, sources[run.example.dataset.name])
            for example, process in again:
                yield from self._found_nothing(example, process)
            variables = {
                variable_of(example.export.source): sources[example.dataset.name].url
                for example in self._composed.examples
            }
            self.shown = self._shell.run("exporter", "status", variables=variables)

    def _start(self, example: Example, source: Source) -> "AbstractContextManager[subprocess.Popen[str]]":
        """Start a run as the task that AWS would start: with its role, and the URL of its database."""
        return self._shell.start(
            "exporter",
            *("run", example.dataset.name, "--format", "json"),
            credentials=self._as_task(example),
            variables={variable_of(example.export.source): source.url},
        )

    def _as_task(self, example: Example) -> Credentials:
        """The credentials that ECS gives to a task that runs the export."""
        task = self._settings.regional_arn("ecs", f"task/{self._settings.exporter}/tour")
        return self._aws.assume_as_service(self._settings.role_arn(self._role(example)), "tour", task)

    def _role(self, example: Example) -> str:
        return self._settings.scheduled_export(example.dataset.kind, example.dataset.name)

    def _ended(self, example: Example, process: "subprocess.Popen[str]") -> "_Run | Sighting":
        """A run that went well, or the sighting of one that did not."""
        begun = time.monotonic()
        output, errors = process.communicate()
        role, now = self._role(example), time.monotonic()
        if process.returncode == 0:
            return _Run(example=example, role=role, said=json.loads(output), seconds=now - begun, ended=now)
        failure = "\n".join([f"exit code {process.returncode}", *errors.splitlines()[-_SAID:]])
        return Sighting(what="export", who=role, where=example.dataset.name, seconds=now - begun, failure=failure)

    def _as_expected(self, run: _Run) -> Sighting:
        """The run made the files that the receiver expects, by their names, and no other."""
        began = datetime.datetime.fromisoformat(run.said["run"]["started_at"])
        name = run.example.dataset.name
        failure = None
        if name in EXPECTED and sorted(run.keys) != sorted(expected := EXPECTED[name](began)):
            failure = f"it made {', '.join(run.keys)}; the receiver expects {', '.join(expected)}"
        elif run.said["run"]["state"] != "published":
            failure = f"the run is recorded as {run.said['run']['state']}"
        where = f"{run.records} rows in {len(run.keys)} files -> {self._settings.export_bucket}/{name}/"
        return Sighting(what="export", who=run.role, where=where, seconds=run.seconds, failure=failure)

    def _seen(self, run: _Run, source: Source) -> Iterator[Sighting]:
        """What became of a run: its files, the rows that were to go, and what its role may not do."""
        for key in run.keys:
            yield self._delivered(run, key)
        name = run.example.dataset.name
        if any(task.delete for task in run.example.export.tasks):
            yield tried("delete", run.role, f"the {run.records} rows of {name} that were exported", _gone, run, source)
        others = (dataset for dataset in self._composed.catalogue.push if dataset.name != name)
        if other := next(others, None):
            bucket, key = self._settings.export_bucket, f"{other.prefix}{name}.csv"
            s3 = self._aws.client("s3", credentials=self._as_task(run.example))
            yield tried(
                "refuse a write",
                run.role,
                f"{bucket}/{key}",
                must_be_refused,
                lambda: s3.put_object(Bucket=bucket, Key=key, Body=b""),
            )

    def _delivered(self, run: _Run, key: str) -> Sighting:
        """The forwarder has carried a file on, and each of its bytes."""
        dataset = run.example.dataset
        whole = f"{dataset.prefix}{key}"

        def arrived() -> None:
            while not self._arrivals.has_arrived(dataset, whole):
                if time.monotonic() - run.ended > ARRIVAL_SECONDS:
                    log = self._aws.log_tail(5)
                    raise WrongError(f"it did not arrive in {ARRIVAL_SECONDS:.0f} s; the forwarder's log ends:\n{log}")
                time.sleep(0.05)
            body = self._arrivals.target(dataset).get_object(Bucket=dataset.bucket, Key=whole)["Body"].read()
            if key == run.manifest:
                _lists(body.decode(), list(run.sums))
            elif hashlib.sha256(body).hexdigest() != run.sums[key]:
                raise WrongError("what arrived is not what the ledger says was exported")

        seen = tried("deliver, exported", run.role, f"{whole} -> {dataset.bucket}", arrived)
        return replace(seen, seconds=time.monotonic() - run.ended)

    def _found_nothing(self, example: Example, process: "subprocess.Popen[str]") -> Iterator[Sighting]:
        """A second run finds no row, says so, and has no file but its manifest."""
        run = self._ended(example, process)
        if isinstance(run, Sighting):
            yield run
            return
        state = run.said["run"]["state"]
        failure = None if state == "empty" and not run.sums else f"the run is recorded as {state}: {run.keys}"
        where = f"{example.dataset.name}, whose second run is recorded as empty"
        yield Sighting(what="find nothing new", who=run.role, where=where, seconds=0, failure=failure)
        if run.manifest:
            yield self._delivered(run, run.manifest)


def _gone(run: _Run, source: Source) -> None:
    """As many rows were deleted as were exported."""
    gone = source.before - source.rows()
    if gone != run.records:
        raise WrongError(f"{run.records} rows were exported and {gone} deleted")


def _lists(manifest: str, keys: Sequence[str]) -> None:
    """A manifest has a line for each file, and a header."""
    listed = [line.rpartition(",")[2] for line in manifest.splitlines()[1:]]
    if sorted(listed) != sorted(keys):
        raise WrongError(f"the manifest lists {', '.join(listed) or 'no file'}")
