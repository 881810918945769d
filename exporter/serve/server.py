"""The process: a socket, the API on it, the worker beside it, and an end that loses nothing."""

import logging
import signal
import socket
from typing import Final

import uvicorn

from exporter.database.connection import connect
from exporter.publish.folder import Folder
from exporter.serve.api import application
from exporter.serve.configuration import Configuration
from exporter.serve.exporting import Exporting
from exporter.serve.guard import Guard
from exporter.serve.log import Handler, Log
from exporter.serve.requests import Requests
from exporter.serve.service import Service
from exporter.serve.worker import Worker
from provisioner.failure import CommandError

GRACE: Final = 20.0
"""Seconds that a running export has to end by itself once the process is told to end.

Docker kills after 10 seconds and Kubernetes after 30, unless they are told otherwise; what is killed loses nothing.
"""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        CommandError: the address is not of this machine, or taken.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise CommandError(f"{host} port {port} cannot be listened on: {error}; choose others") from error


def address(listening: socket.socket) -> str:
    """The URL of what listens."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(configuration: Configuration, guard: Guard, listening: socket.socket, log: Log) -> None:
    """Serve until SIGTERM or SIGINT; then take no further request, and give the running export its time."""
    target = Folder(configuration.files)

    def requests() -> Requests:
        return Requests(connect(configuration.database_url, name="serve"), target.url)

    export = Exporting(
        database_url=configuration.database_url, tasks=configuration.tasks, target=target, observe=log.export
    )
    worker = Worker(requests, export, log)
    service = Service(tasks=configuration.tasks, files=configuration.files, connect=requests, wake=worker.wake)
    logger = logging.getLogger("uvicorn.error")
    logger.handlers, logger.propagate = [Handler(log)], False
    server = uvicorn.Server(
        uvicorn.Config(
            application(service, guard, log),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=int(GRACE),
        )
    )
    # uvicorn ends in order at these signals and raises them again afterwards: what is left to do then is here.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    worker.start()
    try:
        server.run(sockets=[listening])
    finally:
        log.say("stopped", unfinished=None if worker.stop(GRACE) else True)
