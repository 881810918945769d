"""The command line: each command is a file here, a few lines over the library, and loads only what it needs."""

import argparse
from collections.abc import Callable, Sequence

from provisioner.cli import (
    can,
    check_live,
    deploy_roles,
    explain,
    limits,
    new,
    plan,
    redrive,
    stacks,
    status,
    tour,
    validate,
    who,
)
from provisioner.cli.command import EXAMPLE, Parser
from provisioner.cli.ending import ended


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; what comes back is the exit code."""

    def run() -> int:
        parsed = parser().parse_args(arguments)
        command: Callable[[argparse.Namespace], int] = parsed.command
        return command(parsed)

    return ended("provisioner", run)


def parser() -> argparse.ArgumentParser:
    """The commands and their options; docs/reference.md is made from it."""
    top = Parser(
        prog="provisioner",
        description="Get a team's data to another organisation safely, by reviewed configuration.",
        epilog=f"{EXAMPLE}provisioner validate",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    commands_in_order = (validate, plan, new, explain, can, who, limits, tour, check_live, status, redrive, stacks)
    for module in (*commands_in_order, deploy_roles):
        module.add(commands)
    return top
