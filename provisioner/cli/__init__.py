"""The command line: each command is a file here, a few lines over the library, and loads only what it needs."""

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Final

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
from provisioner.cli.command import EXAMPLE, Parser, say
from provisioner.failure import CommandError
from provisioner.reading.printable import printable

INTERRUPTED: Final = 130  # as shells say that Ctrl-C ended a command
BROKEN: Final = 70  # EX_SOFTWARE of sysexits.h: the fault is ours


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; what comes back is the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What a terminal's encoding lacks is shown escaped: no reason to lose all the rest.
            stream.reconfigure(errors="backslashreplace")
    try:
        parsed = parser().parse_args(arguments)
        command: Callable[[argparse.Namespace], int] = parsed.command
        code = command(parsed)
        sys.stdout.flush()
    except CommandError as error:
        say(f"provisioner: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        say("provisioner: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; nothing is left to say, and Python must not try.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        _debug()
        place = f"{printable(str(error.filename))}: " if error.filename else ""
        say(f"provisioner: {place}{printable(str(error.strerror or error))}")
        return CommandError.exit_code
    except Exception as error:
        _debug()
        say(
            "provisioner: this is a fault of the program, not of yours: "
            f"{type(error).__name__}: {printable(str(error))}\n"
            "Please report it, with what PROVISIONER_DEBUG=1 before the command shows."
        )
        return BROKEN
    return code


def _debug() -> None:
    if os.environ.get("PROVISIONER_DEBUG"):
        import traceback

        traceback.print_exc()


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
