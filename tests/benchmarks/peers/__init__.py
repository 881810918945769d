"""What else writes such files: a script for each, in a virtual environment that only `make bench` makes.

Their packages are in peers.lock. None of them imports anything of the project.
"""

from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from tests.benchmarks.process import compiled
from tests.benchmarks.race import TIMES, Racer

HERE: Final = Path(__file__).parent
ENVIRONMENT: Final = HERE.parents[2] / ".venv-peers"
"""See the Makefile."""
PYTHON: Final = ENVIRONMENT / "bin" / "python"


def peer(name: str, script: str, *arguments: str, times: int = TIMES) -> Racer:
    """A peer of that name, as a script here, with its arguments."""
    return Racer(
        name=name,
        command=(PYTHON, HERE / f"{script}.py", *arguments),
        environment={
            **compiled(),
            **_QUIET,
        },
        times=times,
    )


def with_host(url: str) -> str:
    """A URL with its socket's folder in the place of the host, where ConnectorX wants it."""
    parts = urlsplit(url)
    if parts.hostname:
        return url
    (folder,) = parse_qs(parts.query)["host"]
    return parts._replace(netloc=parts.netloc + quote(folder, safe=""), query="").geturl()


_QUIET: Final = {"RUNTIME__DLTHUB_TELEMETRY": "false", "SLING_DISABLE_TELEMETRY": "true", "HOME": "/nonexistent"}
"""Nobody is told of the measuring, and nothing is kept of it (the documentation of dlt, "Telemetry"; of sling)."""
