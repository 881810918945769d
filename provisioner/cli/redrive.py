"""`provisioner redrive`: dead letters go back to the queue."""

import argparse
import datetime
import sys
from typing import TYPE_CHECKING

from provisioner.cli.command import add_format, add_stack, command, say
from provisioner.cli.naming import push_datasets_named
from provisioner.cli.questions import ask
from provisioner.failure import CommandError, UnavailableError, UsageError

if TYPE_CHECKING:
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "redrive",
        "Return dead-lettered messages to the forwarder's queue, once what kept them is mended; asks first.",
        "provisioner redrive new_project",
        redrive,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="push datasets' names (default: all)")
    parser.add_argument("--unknown", action="store_true", help="what belongs to no dataset; beside NAMEs, those too")
    parser.add_argument("--yes", action="store_true", help="do not ask, as in a script")
    add_format(parser, "text", "json")
    add_stack(parser)


def redrive(arguments: argparse.Namespace) -> int:
    """Exit code 0 where all went back, 1 where some did not or the answer was no, 69 where AWS refused."""
    if not (arguments.yes or (sys.stdin.isatty() and sys.stderr.isatty())):
        raise UsageError("there is nobody to ask: add --yes, and the messages are returned without a question")
    named = push_datasets_named(arguments.names, arguments.stack)

    from provisioner.operations.redrive import NOTHING, Choice, Redrive
    from provisioner.reporting.status.redrive import FORMATS, found_lines, outcome, question
    from provisioner.reporting.terminal import style_of

    only_unknown = arguments.unknown and not arguments.names
    chosen = frozenset(() if only_unknown else (dataset.name for dataset in named.chosen))
    work = Redrive(named.settings)
    found = work.look(Choice(datasets=chosen, unknown=arguments.unknown), {dataset.name for dataset in named.known})
    sys.stderr.write(found_lines(found, datetime.datetime.now(datetime.UTC), style_of(sys.stderr)))
    if found.ids and not arguments.yes and ask(question(found)).lower() not in ("y", "yes"):
        raise CommandError("nothing was returned")
    done = work.give_back(found.ids) if found.ids else NOTHING
    sys.stdout.write(FORMATS[arguments.format](found, done))
    if arguments.format == "json":
        say(outcome(found, done))
    if done.failure:
        return UnavailableError.exit_code
    return CommandError.exit_code if done.left else 0
