"""Commands of the project, run in a checkout as people run them, on the embedded AWS."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from provisioner.emulator.embedded_aws import Credentials, EmbeddedAws
from provisioner.settings import Settings

_KEPT: Final = ("PATH", "LANG", "LC_ALL")
"""What a command has of the user's environment: AWS's variables are the embedded one's, all of them."""


class Shell:
    """Where commands run: a checkout, and the stack that all of them mean."""

    def __init__(self, aws: EmbeddedAws, root: Path, settings: Settings) -> None:
        """In the checkout `root`."""
        self._aws = aws
        self._root = root
        self._settings = settings

    def run(self, program: str, *arguments: str, variables: Mapping[str, str] | None = None) -> str:
        """What a command says, with its own line before it."""
        with self.start(program, *arguments, variables=variables, stderr=subprocess.STDOUT) as process:
            output, _ = process.communicate()
        return f"$ {program} {' '.join(arguments)}\n{output.rstrip()}\n\n"

    @contextmanager
    def start(
        self,
        program: str,
        *arguments: str,
        credentials: Credentials | None = None,
        variables: Mapping[str, str] | None = None,
        stderr: int = subprocess.PIPE,
    ) -> "Iterator[subprocess.Popen[str]]":
        """Start a command; it does not outlive the ``with`` block.

        Args:
            program: a package of the project, which is what its command is called.
            arguments: its arguments, but for the stack.
            credentials: of whom it acts as; by default the root of our account.
            variables: further ones of its environment.
            stderr: where its standard error goes.
        """
        with subprocess.Popen(  # noqa: S603 - our own interpreter and package
            [sys.executable, "-m", program, *arguments, "--stack", self._settings.stack],
            cwd=self._root,
            env={
                **{name: os.environ[name] for name in _KEPT if name in os.environ},
                "PYTHONPATH": str(Path(__file__).parents[2]),
                **self._aws.environment(credentials),
                **(variables or {}),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()  # nothing happens to one that has ended
