"""How a command line ends: with an exit code and, if something is wrong, a sentence; never with a traceback."""

import io
import os
import sys
from collections.abc import Callable
from typing import Final

from provisioner.cli.command import say
from provisioner.failure import CommandError
from provisioner.reading.printable import printable

INTERRUPTED: Final = 130  # as shells say that Ctrl-C ended a command
BROKEN: Final = 70  # EX_SOFTWARE of sysexits.h: the fault is ours


def ended(program: str, command: Callable[[], int]) -> int:
    """Run a command of a program; what comes back is the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What a terminal's encoding lacks is shown escaped: no reason to lose all the rest.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = command()
        sys.stdout.flush()
    except CommandError as error:
        say(f"{program}: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        say(f"{program}: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; nothing is left to say, and Python must not try.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        _debug()
        place = f"{printable(str(error.filename))}: " if error.filename else ""
        say(f"{program}: {place}{printable(str(error.strerror or error))}")
        return CommandError.exit_code
    except Exception as error:
        _debug()
        say(
            f"{program}: this is a fault of the program, not of yours: "
            f"{type(error).__name__}: {printable(str(error))}\n"
            "Please report it, with what PROVISIONER_DEBUG=1 before the command shows."
        )
        return BROKEN
    return code


def _debug() -> None:
    if os.environ.get("PROVISIONER_DEBUG"):
        import traceback

        traceback.print_exc()
