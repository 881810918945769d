"""What a client of the service does: real HTTP, on loopback."""

import gzip
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

TOKEN: Final = "a-token-of-the-tests"
PATIENCE: Final = 30.0
"""Seconds until a run that has not ended is a failure of the test."""


@dataclass(frozen=True)
class Answer:
    """An answer of the service."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """Its body."""
        return json.loads(self.text)


@dataclass(frozen=True)
class Client:
    """Somebody who asks a service."""

    url: str
    token: str | None = TOKEN

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask once."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)
        authorization = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            connection.request(method, path, headers={**authorization, **(headers or {})})
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.headers), answer.read().decode())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for what is there."""
        return self.ask("GET", path, headers)

    def post(self, path: str, **headers: str) -> Answer:
        """Ask for an export."""
        return self.ask("POST", path, headers)

    def ended(self, run: str) -> Any:
        """How a run ended, once it has; `run` is its path."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            answer = self.get(run)
            if answer.json["state"] not in {"accepted", "running"}:
                return answer.json
            time.sleep(0.02)
        raise AssertionError(f"{run} has not ended: {answer.text}")


def lines_of(folder: Path, key: str) -> list[str]:
    """The lines of a file."""
    return gzip.decompress((folder / key).read_bytes()).decode().splitlines()
