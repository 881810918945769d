"""What every command has: its help with an example, and one way to say what is wrong with a call."""

import argparse
import os
import sys
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NoReturn

from provisioner.failure import UsageError
from provisioner.reading.printable import printable, without_command

DEFAULT_STACK: Final = "prod"
EXAMPLE: Final = "example: "


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with a call, and where to read more."""

    def error(self, message: str) -> NoReturn:
        say(f"{self.prog}: {printable(message)}\nRead more with: {self.prog} --help")
        raise SystemExit(UsageError.exit_code)

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End after the help; flushed here, so that `main` sees it if nobody reads it."""
        sys.stdout.flush()
        super().exit(status, message)


if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Parser]


def command(
    commands: "Commands", name: str, summary: str, example: str, run: Callable[[argparse.Namespace], int]
) -> Parser:
    """Add a command, to which its arguments are added next."""
    made = commands.add_parser(
        name,
        help=summary,
        description=textwrap.fill(summary, 78),
        epilog=f"{EXAMPLE}{example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,  # breaks no example over two lines
    )
    made.set_defaults(command=run)
    return made


def add_stack(parser: Parser) -> None:
    """Add `--stack`, for a command that needs the settings."""
    parser.add_argument(
        "--stack",
        default=os.environ.get("PROVISIONER_STACK") or DEFAULT_STACK,
        help=f"whose settings to use, from Pulumi.STACK.yaml (default: $PROVISIONER_STACK, else {DEFAULT_STACK})",
    )


def add_format(parser: Parser, *formats: str) -> None:
    """Add `--format`; the first of the formats is the default."""
    parser.add_argument("--format", choices=formats, default=formats[0], help=f"as what (default: {formats[0]})")


def add_day(parser: Parser) -> None:
    """Add `--at`, for a command whose answer depends on the day."""
    parser.add_argument("--at", metavar="DATE", help="the day that is asked about (default: today, in UTC)")


def say(text: str) -> None:
    """Words for a person, on standard error."""
    sys.stderr.write(f"{without_command(text)}\n")
