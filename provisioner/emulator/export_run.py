"""One run of an export system: a process, and when it has ended, what it reported."""

import datetime
import json
import subprocess
import time
from typing import Final

from provisioner.emulator.attempt import WrongError
from provisioner.emulator.export_system import System

_LINES: Final = 3
"""Of what a run that failed wrote: its last."""


class ExportRun:
    """A run that is under way until `end` is called."""

    def __init__(self, system: System, process: "subprocess.Popen[str]") -> None:
        """`process` is `exporter run … --format json`."""
        self.system = system
        self._process = process
        self.begun = self.ended = time.monotonic()
        """By the steady clock."""
        self.at = datetime.datetime.now(datetime.UTC)
        """When it began by the clock of its database."""
        self.state = ""
        self.records = 0
        self.sums: dict[str, str] = {}
        """The SHA-256 of each file by its key, as the ledger has it."""
        self.manifest: str | None = None
        """The key of its manifest, of which the ledger has no checksum."""

    def end(self) -> None:
        """Wait for its end, and read its report.

        Raises:
            WrongError: it failed; the text has its last words.
        """
        output, errors = self._process.communicate()
        self.ended = time.monotonic()
        if self._process.returncode:
            last = "\n".join(errors.splitlines()[-_LINES:])
            raise WrongError(f"it ended with exit code {self._process.returncode}:\n{last}")
        said = json.loads(output)
        self.at = datetime.datetime.fromisoformat(said["run"]["started_at"])
        self.state = said["run"]["state"]
        self.records = sum(made["records"] for made in said["outputs"])
        self.sums = {file["key"]: file["sha256"] for file in said["files"]}
        self.manifest = said["manifest"]

    @property
    def keys(self) -> list[str]:
        """All that it made."""
        return [*self.sums, *([self.manifest] if self.manifest else [])]
