"""A target that refuses: the dead letter, what `provisioner status` says of it, the mending, and the redrive."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from provisioner.datasets.model import Catalogue, PushDataset
from provisioner.emulator.arrivals import Arrivals
from provisioner.emulator.embedded_aws import EmbeddedAws
from provisioner.emulator.shell import Shell
from provisioner.emulator.surroundings import Surroundings
from provisioner.reporting.sightings import Sighting
from provisioner.settings import Settings

MISHAP_SECONDS: Final = 60.0
"""How long each of it may take; with the wait below it is some four seconds to the dead letter."""
FIRST_WAIT: Final = "1"
"""Seconds; for the tour the function is told to wait no longer before its second try, and then twice as long."""
FILE: Final = "refused.csv"


class Mishap:
    """One push dataset whose target refuses for a while."""

    def __init__(
        self, aws: EmbeddedAws, surroundings: Surroundings, catalogue: Catalogue, settings: Settings, root: Path
    ) -> None:
        """Nothing is wrong yet."""
        self._aws = aws
        self._surroundings = surroundings
        self._catalogue = catalogue
        self._settings = settings
        self._shell = Shell(aws, root, settings)
        self._arrivals = Arrivals(aws, catalogue, settings)
        self.shown = ""
        """What the two commands said."""

    def happen(self, dataset: PushDataset) -> Iterator[Sighting]:
        """Break the target of `dataset`, see the file fail and stay, mend it, redrive, and see the file arrive."""
        self._hurry()
        self._surroundings.refuse(dataset)
        user, key = dataset.users[0], f"{dataset.prefix}{FILE}"
        self._aws.client("s3", credentials=self._surroundings.as_user(user)).put_object(
            Bucket=self._settings.export_bucket, Key=key, Body=b"id,value\n1,one\n"
        )
        way, here = f"{key} -> {dataset.bucket}", f"{self._settings.export_bucket}/{key}"
        yield self._wait("give up, refused", user, way, self._is_dead)
        yield self._wait("lose nothing", user, here, lambda: self._arrivals.is_here(key))
        self.shown = self._shell.run("provisioner", "status", dataset.name)
        self._surroundings.accept(dataset, self._catalogue)
        self.shown += self._shell.run("provisioner", "redrive", dataset.name, "--yes")
        yield self._wait("deliver, redriven", user, way, lambda: self._arrivals.has_arrived(dataset, key))

    def _hurry(self) -> None:
        """Let the function wait shorter than the settings say."""
        functions, name = self._aws.client("lambda"), self._settings.forwarder
        variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": {**variables, "RETRY_SECONDS": FIRST_WAIT}}
        )

    def _wait(self, what: str, who: str, where: str, happened: Callable[[], bool]) -> Sighting:
        begun = time.monotonic()
        failure = None
        while not happened():
            if time.monotonic() - begun > MISHAP_SECONDS:
                failure = f"not within {MISHAP_SECONDS:.0f} s; the forwarder's log ends:\n{self._aws.log_tail(5)}"
                break
            time.sleep(0.05)
        return Sighting(what=what, who=who, where=where, seconds=time.monotonic() - begun, failure=failure)

    def _is_dead(self) -> bool:
        queues = self._aws.client("sqs")
        url = queues.get_queue_url(QueueName=self._settings.dead_letters)["QueueUrl"]
        counted = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        return counted["Attributes"]["ApproximateNumberOfMessages"] != "0"
