"""The exports of the examples: each runs as its schedule would have it run, and its files arrive at their target."""

import hashlib
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Final

from provisioner.emulator.arrivals import Arrivals
from provisioner.emulator.attempt import WrongError, must_be_refused, tried
from provisioner.emulator.embedded_aws import Credentials, EmbeddedAws
from provisioner.emulator.examples import Composed
from provisioner.emulator.expected import EXPECTED
from provisioner.emulator.export_run import ExportRun
from provisioner.emulator.export_system import System
from provisioner.emulator.postgres import Server
from provisioner.emulator.shell import Shell
from provisioner.emulator.sources import source_of
from provisioner.exports.model import Mode
from provisioner.reporting.sightings import Sighting

ARRIVAL_SECONDS: Final = 60.0
"""How long a file may take from the end of its run to its target."""


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
        """Run them all at once, see the files arrive and rows go, and see a second run that finds nothing."""
        with ExitStack() as stack:
            systems = [
                System(
                    example=example,
                    source=stack.enter_context(source_of(example, self._server.url)),
                    role=self._settings.scheduled_export(example.dataset.kind, example.dataset.name),
                )
                for example in self._composed.examples
            ]
            went_well = []
            for run in self._started(systems, stack):
                seen = tried("export", run.system.role, self._place(run), _made_what_is_expected, run, since=run.begun)
                yield seen
                if seen.failure is None:
                    went_well.append(run)
            # Meanwhile the forwarder carries the files of the first.
            second = list(self._started([run.system for run in went_well if _takes_changes(run.system)], stack))
            for run in went_well:
                yield from self._followed(run)
            for run in second:
                seen = tried(
                    "find nothing new", run.system.role, self._place(run), _found_nothing, run, since=run.begun
                )
                yield seen
                if seen.failure is None:
                    yield from self._carried(run)
            urls = dict(system.url for system in systems)
            self.shown = self._shell.run("exporter", "status", variables=urls)
        self._server.release()

    def _started(self, systems: Iterable[System], stack: ExitStack) -> list[ExportRun]:
        """A run of each system, as the task that AWS would start: with its role, and the URL of its database."""
        return [
            ExportRun(
                system,
                stack.enter_context(
                    self._shell.start(
                        "exporter",
                        *("run", system.example.dataset.name, "--format", "json"),
                        credentials=self._as_task(system),
                        variables=dict([system.url]),
                    )
                ),
            )
            for system in systems
        ]

    def _as_task(self, system: System) -> Credentials:
        """The credentials that ECS gives to a task that runs the export."""
        task = self._settings.regional_arn("ecs", f"task/{self._settings.exporter}/tour")
        return self._aws.assume_as_service(self._settings.role_arn(system.role), "tour", task)

    def _place(self, run: ExportRun) -> str:
        return f"{self._settings.export_bucket}/{run.system.example.dataset.prefix}"

    def _followed(self, run: ExportRun) -> Iterator[Sighting]:
        """What became of a run: its files, the rows that were to go, and what its role may not do."""
        yield from self._carried(run)
        example, role = run.system.example, run.system.role
        if any(task.delete for task in example.export.tasks):
            where = f"{run.records} rows of {example.dataset.name}"
            yield tried("delete, exported", role, where, _gone, run)
        for other in self._composed.catalogue.push:
            if other.name != example.dataset.name:
                yield self._refused(run, f"{other.prefix}{example.dataset.name}.csv")
                break

    def _carried(self, run: ExportRun) -> Iterator[Sighting]:
        """Each file that a run made, as it is at its target."""
        dataset = run.system.example.dataset
        for key in run.keys:
            yield tried("receive", dataset.bucket, f"{dataset.prefix}{key}", self._arrived, run, key, since=run.ended)

    def _arrived(self, run: ExportRun, key: str) -> None:
        """The forwarder has carried a file on, with each of its bytes."""
        dataset = run.system.example.dataset
        whole = f"{dataset.prefix}{key}"
        while not self._arrivals.has_arrived(dataset, whole):
            if time.monotonic() - run.ended > ARRIVAL_SECONDS:
                log = self._aws.log_tail(5)
                raise WrongError(f"it did not arrive in {ARRIVAL_SECONDS:.0f} s; the forwarder's log ends:\n{log}")
            time.sleep(0.05)
        body = self._arrivals.target(dataset).get_object(Bucket=dataset.bucket, Key=whole)["Body"].read()
        if key == run.manifest:
            _lists(body.decode(), run.sums)
        elif hashlib.sha256(body).hexdigest() != run.sums[key]:
            raise WrongError("what arrived is not what the ledger says was exported")

    def _refused(self, run: ExportRun, key: str) -> Sighting:
        """The role of a run may not write where another dataset's files are."""
        s3, bucket = self._aws.client("s3", credentials=self._as_task(run.system)), self._settings.export_bucket
        return tried(
            "refuse a write",
            run.system.role,
            f"{bucket}/{key}",
            must_be_refused,
            lambda: s3.put_object(Bucket=bucket, Key=key, Body=b""),
        )


def _takes_changes(system: System) -> bool:
    """Whether a run takes only what has changed since the one before."""
    return all(task.mode is Mode.WINDOW for task in system.example.export.tasks)


def _made_what_is_expected(run: ExportRun) -> None:
    """It made the files that the receiver expects, by their names, and no other."""
    run.end()
    expected = EXPECTED.get(run.system.example.dataset.name)
    if expected and sorted(run.keys) != sorted(expected(run.at)):
        raise WrongError(f"it made {', '.join(run.keys)}; the receiver expects {', '.join(expected(run.at))}")
    if run.state != "published":
        raise WrongError(f"the run is recorded as {run.state}")


def _found_nothing(run: ExportRun) -> None:
    """It is recorded as empty, and made no file but perhaps a manifest."""
    run.end()
    if run.state != "empty" or run.sums:
        raise WrongError(f"the run is recorded as {run.state}, with {len(run.sums)} files")


def _gone(run: ExportRun) -> None:
    """As many rows were deleted as were exported."""
    gone = run.system.source.before - run.system.source.rows()
    if gone != run.records:
        raise WrongError(f"{run.records} rows were exported and {gone} deleted")


def _lists(manifest: str, keys: Iterable[str]) -> None:
    """A manifest has a header, and a line that ends in the name of each file."""
    listed = [line.rpartition(",")[2] for line in manifest.splitlines()[1:]]
    if sorted(listed) != sorted(keys):
        raise WrongError(f"the manifest lists {', '.join(listed) or 'no file'}")
