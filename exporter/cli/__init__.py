"""The exporter's command line: each command is a file here, a few lines over the library, and loads what it needs.

Exit codes: 0 all is well, 1 something needs somebody, 2 the command was not called as it wants to be, 69 AWS or
another service did not answer, 75 a run failed and may be tried again (`exporter.failure`).
"""

import argparse
from collections.abc import Callable, Sequence

from exporter.cli import backfill, listing, run, serve, show, status, verify
from provisioner.cli.command import EXAMPLE, Parser
from provisioner.cli.ending import ended


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; what comes back is the exit code."""

    def run() -> int:
        parsed = parser().parse_args(arguments)
        command: Callable[[argparse.Namespace], int] = parsed.command
        return command(parsed)

    return ended("exporter", run)


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = Parser(
        prog="exporter",
        description="Make the files of a dataset from its database, as `export:` in its file says.",
        epilog=f"{EXAMPLE}exporter run lettings",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (run, listing, show, status, backfill, verify, serve):
        module.add(commands)
    return top
