"""The Lambda's entry point: what AWS calls is `forwarder.handler.handle`."""

import functools
import os
import random
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from .clients import connect_from_environment
from .configuration import Configuration
from .forwarder import Forwarder
from .journal import Journal
from .log import write_line
from .queue import Queue
from .rest import Rest
from .routes import ROUTES_FILE, Routes

_MILLISECONDS = 1_000


class Context(Protocol):
    """What Lambda tells a function of its run."""

    def get_remaining_time_in_millis(self) -> int:
        """How long the function still has."""


@functools.cache
def _forwarder() -> Forwarder:
    """The forwarder of this container, made at its first batch from the routes in the zip and the environment."""
    file = Path(__file__).resolve().parent.parent / ROUTES_FILE
    return make_forwarder(
        Routes.from_json(file.read_text(encoding="utf-8")), Configuration.from_environment(os.environ)
    )


def make_forwarder(routes: Routes, configuration: Configuration) -> Forwarder:
    """A forwarder of real AWS, for the credentials of the environment."""
    clients = connect_from_environment(configuration.concurrency)
    return Forwarder(
        routes=routes,
        client_for=clients.deliveries.for_route,
        s3=clients.s3,
        journal=Journal(client=clients.s3, bucket=configuration.journal_bucket, account_id=routes.account_id),
        queue=Queue(
            client=clients.sqs, url=configuration.queue_url, dead_letters_url=configuration.dead_letter_queue_url
        ),
        rest=Rest(clock=time.monotonic),
        concurrency=configuration.concurrency,
        threshold=configuration.multipart_threshold,
        retry_seconds=configuration.retry_seconds,
        clock=time.monotonic,
        now=time.time,
        jitter=random.random,
        log=write_line,
    )


def handle(event: Mapping[str, Any], context: Context) -> dict[str, list[dict[str, str]]]:
    """Handle a batch of SQS messages; see `Forwarder.handle`."""
    return _forwarder().handle(event, lambda: context.get_remaining_time_in_millis() / _MILLISECONDS)
