"""`exporter serve`: the HTTP API over a folder of tasks."""

import argparse
import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provisioner.cli.command import command, say
from provisioner.failure import UsageError

if TYPE_CHECKING:
    from provisioner.cli.command import Commands

HOST: Final = "127.0.0.1"
PORT: Final = 8002
"""Seed 001, "Running the Service"."""


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "serve",
        "Serve the HTTP API over a folder of tasks ($DSL_PATH), each with select.sql and delete.sql: rows of the "
        "database ($DATABASE_URL) become files in a folder ($EXPORT_PATH), and are deleted once they are.",
        "exporter serve --token-file /run/secrets/exporter-token",
        serve,
    )
    parser.add_argument("--host", default=HOST, help=f"the address to listen on (default: {HOST}, this machine alone)")
    parser.add_argument("--port", type=int, default=PORT, help=f"the port, 0 for any (default: {PORT})")
    token = parser.add_mutually_exclusive_group()
    token.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help="holds the token that callers send (default: $EXPORTER_TOKEN; on a terminal one is made and shown)",
    )
    token.add_argument("--no-token", action="store_true", help="let in whoever reaches the address")


def serve(arguments: argparse.Namespace) -> int:
    """Exit code 0 once SIGTERM or Ctrl-C has ended it in order, 2 where its environment is not as it must be."""
    from exporter.serve.configuration import Configuration

    configuration = Configuration.from_environment(os.environ)
    token = None if arguments.no_token else _token(arguments.token_file)
    try:
        from exporter.serve.guard import LOOPBACK, Guard
        from exporter.serve.log import Log
        from exporter.serve.server import address, listen
        from exporter.serve.server import serve as serve_until_ended
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the package '{error.name}' is missing: pip install 'data-engineering-exports[exporter,serve]'"
        ) from error

    listening = listen(arguments.host, arguments.port)
    local = listening.getsockname()[0] in LOOPBACK
    if token is None and not local:
        say("exporter: whoever reaches this address may export and so delete: no token is asked for")
    say(f"Serving {configuration.tasks} on {address(listening)}; end with Ctrl-C.")
    serve_until_ended(configuration, Guard(token=token, local=local), listening, Log(sys.stderr))
    return 0


def _token(file: Path | None) -> str:
    """The token of the file or the environment, or one that is made for whoever sits at the terminal."""
    from exporter.serve.guard import TOKEN, token_of

    token = token_of(file, os.environ)
    if token is None:
        if not sys.stderr.isatty():
            # In a log a token would stay for whoever reads it.
            raise UsageError(f"there is no token: give --token-file FILE, set {TOKEN}, or say --no-token")
        token = secrets.token_urlsafe()
        say(f"Callers send this, until the next start:\n  Authorization: Bearer {token}")
    return token
