"""The tour: the real program on an embedded AWS, real files through it, and who is let in and who is not."""

import datetime
import shlex
import shutil
import sys
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import psycopg
import pulumi
from botocore.exceptions import BotoCoreError, ClientError

from provisioner.access.check import check
from provisioner.changes.state import State
from provisioner.datasets.model import Catalogue
from provisioner.emulator.embedded_aws import EmbeddedAws, EmulatorError
from provisioner.emulator.engine import ApplyError, apply_program
from provisioner.emulator.examples import Composed, has_examples, with_examples
from provisioner.emulator.exports import Exports
from provisioner.emulator.journeys import Journeys
from provisioner.emulator.mishap import Mishap
from provisioner.emulator.postgres import Server
from provisioner.emulator.pull_request import plan_of_example
from provisioner.emulator.surroundings import Surroundings, target_owner
from provisioner.failure import CommandError
from provisioner.program import run
from provisioner.reporting.plan.text import as_text
from provisioner.reporting.plan.words import tally, verdict
from provisioner.reporting.sightings import Sighting, as_table
from provisioner.reporting.steps import Steps
from provisioner.reporting.terminal import Style
from provisioner.revisions import WORKTREE, Revisions
from provisioner.settings import Settings


def take_tour(root: Path, settings: Settings, today: datetime.date, *, keep: bool, style: Style) -> int:
    """Show the datasets of the checkout `root` at work; 0 if everything was as it should be, else 1.

    Raises:
        CommandError: a step failed on which all that follows depends. Nothing is left running.
    """
    begun = time.monotonic()
    steps = Steps(sys.stdout, style)
    try:
        with ExitStack() as stack:
            with steps.step("Check the dataset files"):
                state = Revisions(root).state(WORKTREE, settings.stack)
                catalogue = _catalogue(state, settings, today)
                steps.note(f"{len(catalogue.push)} push and {len(catalogue.pull)} pull datasets, no problem")
            if settings.partition != "aws":
                raise CommandError(f"the embedded AWS has no region {settings.region}: try it with another stack")
            with steps.step("Start the embedded AWS"):
                aws = stack.enter_context(EmbeddedAws(settings.account_id, settings.region))
                steps.note(f"{aws.endpoint_url}, on this machine only; policies are enforced")
            composed = Composed(root=root, settings=settings, catalogue=catalogue)
            if has_examples(root):
                with steps.step("Add the exports of the examples"):
                    composed = with_examples(composed, aws.folder / "checkout", today)
                    names = ", ".join(example.dataset.name for example in composed.examples)
                    steps.note(f"{names}: a PostgreSQL starts for them" if names else f"left out: {composed.refused}")
            # The server starts meanwhile: it is waited for when it is needed.
            exports = Exports(aws, composed, stack.enter_context(Server())) if composed.examples else None
            sightings, shown = _look(aws, composed, exports, catalogue, today, steps)
            with steps.step("Plan a pull request"):
                plan = plan_of_example(state, catalogue, settings, today)
                steps.note(f"{tally(plan)} ({verdict(plan)})")
            failed = sum(sighting.failure is not None for sighting in sightings)
            table = as_table(sightings, shutil.get_terminal_size((140, 24)).columns, style)
            sys.stdout.write(
                f"\n{table}\n{shown}"
                "What a reviewer is shown of a pull request that adds a dataset and retires another "
                f"(`provisioner plan`):\n\n{as_text(plan, style)}\n"
                f"{_tally(sightings, failed, time.monotonic() - begun)}\n"
            )
            if keep:
                _wait(aws, catalogue, settings)
    except (pulumi.RunError, ApplyError, EmulatorError, ClientError, BotoCoreError, psycopg.Error) as error:
        raise CommandError(str(error)) from error
    command = "provisioner" if shutil.which("provisioner") else ".venv/bin/provisioner"
    hint = "" if keep else f" To look around in it: {command} try --keep"
    sys.stdout.write(f"Everything it started is gone.{hint}\n")
    return 1 if failed else 0


def _catalogue(state: State, settings: Settings, today: datetime.date) -> Catalogue:
    checked = check(state.files, state.found, settings, today)
    if checked.problems:
        raise CommandError("the dataset files have problems:\n" + "\n".join(map(str, checked.problems)))
    if not state.files:
        raise CommandError("there are no dataset files: write one with `provisioner new`")
    return checked.catalogue


def _look(
    aws: EmbeddedAws,
    composed: Composed,
    exports: Exports | None,
    catalogue: Catalogue,
    today: datetime.date,
    steps: Steps,
) -> tuple[list[Sighting], str]:
    """Provision, and try everything; what was seen, and what commands said of the exports and of a target that refused.

    Args:
        aws: the embedded AWS.
        composed: what is provisioned.
        exports: those of the examples, if it has any.
        catalogue: the checkout's own datasets, without those of the examples.
        today: the date.
        steps: what is told of it meanwhile.
    """
    root, settings = composed.root, composed.settings
    surroundings = Surroundings(aws, settings)
    with steps.step("Play the other accounts"):
        surroundings.make(composed.catalogue)
        steps.note("their roles and buckets, with what `provisioner explain` prints")
    with steps.step("Apply the Pulumi program"):
        applied = apply_program(
            lambda: run(root, settings.stack, aws.folder / "build", in_one=True),
            aws,
            stack=settings.stack,
            root_directory=str(root),
        )
        made = sum(bool(resource.id) for resource in applied.resources)
        steps.note(f"{made} resources")
    journeys = Journeys(aws, surroundings, catalogue, settings, today)
    sightings: list[Sighting] = []
    # AWS checks the signature of a token by keys from the network; the embedded AWS only reads what it says.
    unsigned = "; tokens are unsigned here" if any(dataset.workloads for dataset in catalogue.pull) else ""
    for what, tried, aside in (
        ("Carry files through push datasets", journeys.push(), ""),
        ("Share files by pull datasets", journeys.pull(), unsigned),
        *([("Run exports, and carry their files", exports.happen(), "")] if exports else []),
    ):
        with steps.step(what):
            seen = list(tried)
            sightings += seen
            right = sum(sighting.failure is None for sighting in seen)
            steps.note(f"{right} of {len(seen)} things as they should be{aside}")
    shown = f"What was said of the exports, once they had run:\n\n{exports.shown}" if exports else ""
    open_to_users = [dataset for dataset in catalogue.push if journeys.is_open(dataset)]
    if not open_to_users or any(sighting.failure for sighting in sightings):
        return sightings, shown  # where nothing is delivered, nothing more is broken
    unlucky = min(open_to_users, key=lambda dataset: dataset.keep_files)
    mishap = Mishap(aws, surroundings, catalogue, settings, root)
    with steps.step("Let a target refuse, and redrive"):
        sightings += mishap.happen(unlucky)
        steps.note("a dead letter, its cause, the mending, the delivery")
    return sightings, f"{shown}What was said while the target of {unlucky.name} refused, and then:\n\n{mishap.shown}"


def _tally(sightings: list[Sighting], failed: int, seconds: float) -> str:
    if failed:
        return f"{failed} of {len(sightings)} things FAILED, in {seconds:.1f} s."
    return f"All {len(sightings)} things are as they should be, in {seconds:.1f} s."


def _wait(aws: EmbeddedAws, catalogue: Catalogue, settings: Settings) -> None:
    """Leave the embedded AWS running until somebody ends it."""
    exports = "\n".join(f"  export {name}={shlex.quote(value)}" for name, value in aws.environment().items())
    targets = "".join(
        f"  AWS_ACCESS_KEY_ID={target_owner(dataset.bucket, catalogue.push)} aws s3 ls --recursive s3://{dataset.bucket}/\n"
        for dataset in catalogue.push[:1]
    )
    sys.stdout.write(
        f"""
It goes on running. In another terminal, as the administrator of account {settings.account_id}:

{exports}
  aws s3 ls
  aws iam list-roles --query 'Roles[].Arn'
{targets}
Ctrl-C ends it, and removes all it made.
"""
    )
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
    sys.stdout.write("\n")
