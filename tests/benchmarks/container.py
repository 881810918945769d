"""The function's real zip in a process of its own, as a Lambda container that is called with batches."""

import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import quote_plus

RUNTIME: Final = Path(__file__).with_name("lambda_runtime.py")
TEST_EVENT: Final = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent"})
"""What S3 sends when a notification is set up."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a call came to: its own seconds; CPU seconds and memory are of the process since it began."""

    seconds: float
    cpu: float
    peak_kib: int
    kept: int = 0
    """Messages that the queue was to keep."""


@dataclass(frozen=True, kw_only=True)
class Container:
    """A container that has imported the handler and waits for batches."""

    imported: Answer
    started_within: float
    """Seconds from the start of the process until the handler was imported."""
    log: Path
    _process: subprocess.Popen[str]

    def call(self, bodies: Sequence[str]) -> Answer:
        """Handle one batch of messages with these bodies."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"Records": [_record(body) for body in bodies]}) + "\n")
        self._process.stdin.flush()
        return _read(self._process, self.log)

    def outcomes(self) -> dict[str, int]:
        """How often the log names each outcome."""
        found: dict[str, int] = {}
        for line in self.log.read_text().splitlines():
            outcome = json.loads(line).get("outcome") if line.startswith("{") else None
            if outcome:
                found[outcome] = found.get(outcome, 0) + 1
        return found


@contextmanager
def container(code: Path, environment: Mapping[str, str]) -> Iterator[Container]:
    """A container of the zip `code`; its process has ended when the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        unpacked, log = Path(folder, "code"), Path(folder, "log")
        with zipfile.ZipFile(code) as archive:
            archive.extractall(unpacked)
        with log.open("w") as written:
            begun = time.perf_counter()
            with _process(unpacked, environment, written) as process:
                imported = _read(process, log)
                yield Container(
                    imported=imported, started_within=time.perf_counter() - begun, log=log, _process=process
                )


def announcement(bucket: str, keys: Sequence[str], size: int) -> list[str]:
    """What S3 says of the writing of each key, a message each."""
    return [
        json.dumps(
            {
                "Records": [
                    {
                        "eventName": "ObjectCreated:Put",
                        "s3": {
                            "bucket": {"name": bucket},
                            "object": {"key": quote_plus(key, safe="/"), "size": size, "sequencer": "0A"},
                        },
                    }
                ]
            }
        )
        for key in keys
    ]


@contextmanager
def _process(unpacked: Path, environment: Mapping[str, str], log: IO[str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", str(RUNTIME), str(unpacked)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=dict(environment),
        text=True,
    )
    try:
        yield process
    finally:
        process.communicate()  # its standard input ends, and so does it


def _read(process: subprocess.Popen[str], log: Path) -> Answer:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the function's process ended:\n{log.read_text()[-4_000:]}")
    return Answer(**json.loads(line))


def _record(body: str) -> dict[str, Any]:
    now = str(int(time.time() * 1000))
    message_id = str(abs(hash(body)))
    return {
        "messageId": message_id,
        "receiptHandle": message_id,
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": now,
            "ApproximateFirstReceiveTimestamp": now,
        },
    }
