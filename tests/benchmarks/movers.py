"""What moves objects from the export bucket to the target: the forwarder, and its peers with its own rights."""

import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from boto3.s3.transfer import TransferConfig

from tests.benchmarks.container import Container, announcement, container
from tests.benchmarks.stage import TARGET, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

Move = Callable[[Sequence[str], int], float]
"""Moves objects of these keys, all under one prefix, and of so many bytes; the seconds that it took."""

BATCH: Final = 100
"""Messages of one call of the function, as provisioner/resources/forwarder.py sets it."""


@dataclass(frozen=True, kw_only=True)
class Mover:
    """Something that moves objects; `at` makes it ready to, over an endpoint."""

    name: str
    at: Callable[[Stage, str], AbstractContextManager[Move]]


def movers() -> list[Mover]:
    """The forwarder first, then the peers that this machine has."""
    found = [Mover(name="forwarder", at=_forwarder), Mover(name="boto3 copy + delete", at=_boto3)]
    if shutil.which("rclone"):
        found.append(Mover(name="rclone move", at=_rclone))
    return found


def concurrency(stage: Stage) -> int:
    """Requests at once: the same for all."""
    return stage.settings.forwarder_concurrency


@contextmanager
def _forwarder(stage: Stage, endpoint_url: str) -> "Iterator[Move]":
    """The function's zip in one warm container, called with batches one after the other."""
    with container(stage.zip, stage.function_environment(endpoint_url)) as function:

        def move(keys: Sequence[str], size: int) -> float:
            bodies = announcement(stage.settings.export_bucket, keys, size)
            return sum(_call(function, bodies[at : at + BATCH]) for at in range(0, len(bodies), BATCH))

        yield move


def _call(function: Container, bodies: Sequence[str]) -> float:
    answer = function.call(bodies)
    if answer.kept:
        raise RuntimeError(f"{answer.kept} messages were not delivered:\n{function.log.read_text()[-4_000:]}")
    return answer.seconds


@contextmanager
def _boto3(stage: Stage, endpoint_url: str) -> "Iterator[Move]":
    """boto3's managed copy, then a delete, with a warm client; a thread for each object, for each is one part."""
    s3 = stage.client(stage.delivery_role(), connections=concurrency(stage), endpoint_url=endpoint_url)
    bucket = stage.settings.export_bucket

    def one(key: str) -> None:
        s3.copy({"Bucket": bucket, "Key": key}, TARGET, key, Config=TransferConfig(use_threads=False))
        s3.delete_object(Bucket=bucket, Key=key)

    def move(keys: Sequence[str], _size: int) -> float:
        begun = time.perf_counter()
        with ThreadPoolExecutor(concurrency(stage)) as threads:
            list(threads.map(one, keys))
        return time.perf_counter() - begun

    try:
        yield move
    finally:
        s3.close()


@contextmanager
def _rclone(stage: Stage, endpoint_url: str) -> "Iterator[Move]":
    """rclone with what makes it fast here: it looks at nothing in the target before, and checks no bucket.

    Its process is counted whole, and it finds the keys itself by listing them.
    """
    at_once = str(concurrency(stage))
    options = (
        *("--config", "", "--ca-cert", str(stage.aws.ca_bundle), "--retries", "1"),
        *("--transfers", at_once, "--checkers", at_once, "--no-check-dest", "--no-traverse", "--fast-list"),
        # Of the providers that rclone knows, Minio is as AWS but for the bucket's name, which is in the path.
        *("--s3-provider", "Minio", "--s3-env-auth", "--s3-endpoint", endpoint_url, "--s3-region", stage.aws.region),
        "--s3-no-check-bucket",
    )
    environment = stage.environment(stage.delivery_role(), endpoint_url)
    del environment["AWS_CA_BUNDLE"]  # rclone has an option for it, and stops at the variable

    def move(keys: Sequence[str], _size: int) -> float:
        prefix = keys[0].rpartition("/")[0]
        begun = time.perf_counter()
        _run(
            ["rclone", "move", *options, f":s3:{stage.settings.export_bucket}/{prefix}", f":s3:{TARGET}/{prefix}"],
            environment,
        )
        return time.perf_counter() - begun

    yield move


def _run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    path = shutil.which(command[0])
    assert path
    done = subprocess.run([path, *command[1:]], env=dict(environment), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stderr[-4_000:]}")
