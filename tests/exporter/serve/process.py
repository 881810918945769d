"""A service in a process of its own, which can be told to end, or killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from exporter.serve.configuration import Configuration
from tests.exporter.serve.asking import TOKEN, Client


@dataclass(frozen=True)
class Service:
    """A process that serves."""

    process: subprocess.Popen[str]
    client: Client

    def wait_for(self, event: str) -> None:
        """Read its log until something happens."""
        assert self.process.stderr
        assert any(f'"event": "{event}"' in line for line in self.process.stderr), event


@contextmanager
def service(configuration: Configuration) -> Iterator[Service]:
    """A service on a free port, which has ended when the block has."""
    with subprocess.Popen(
        [sys.executable, "-m", "exporter", "serve", "--port", "0"],
        env=environment(configuration),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr
            first = process.stderr.readline()
            url = first.partition(" on ")[2].partition(";")[0]
            assert url, first
            yield Service(process, Client(url))
        finally:
            process.kill()


def environment(configuration: Configuration) -> dict[str, str]:
    """The variables of seed 001, and the token."""
    return {
        **os.environ,
        "DATABASE_URL": configuration.database_url,
        "DSL_PATH": str(configuration.tasks),
        "EXPORT_PATH": str(configuration.files),
        "EXPORTER_TOKEN": TOKEN,
    }
