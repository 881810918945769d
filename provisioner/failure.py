"""What ends a command with a message instead of a result. Each kind has its exit code; `cli.main` shows it once."""

from typing import ClassVar


class CommandError(Exception):
    """A command could not do its work; the text says why, and what to do."""

    exit_code: ClassVar[int] = 1


class UsageError(CommandError):
    """The command was not called as it wants to be."""

    exit_code: ClassVar[int] = 2


class UnavailableError(CommandError):
    """What the command has to ask did not answer, or not to us: no credentials, no permission, no network."""

    exit_code: ClassVar[int] = 69  # EX_UNAVAILABLE of sysexits.h
