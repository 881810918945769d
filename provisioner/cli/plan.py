"""`provisioner plan`: what a pull request changes, and what it risks."""

import argparse
import sys
from typing import TYPE_CHECKING, Final

from provisioner.cli.checkout import checkout, day_or_today, refuse_dataset_stack, without_collector
from provisioner.cli.command import add_format, add_stack, command, say
from provisioner.failure import CommandError, UsageError
from provisioner.reading.printable import shown

if TYPE_CHECKING:
    from provisioner.cli.command import Commands

CHANGES: Final = 3
"""The exit code that says that something changes, and nothing speaks against it."""


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "plan",
        "Say what changes between two states of the dataset files, who gains and loses what, and what it risks.",
        "provisioner plan --base main",
        plan,
    )
    parser.add_argument("--base", required=True, metavar="REF", help="the state before: a git revision or a folder")
    parser.add_argument(
        "--head",
        default="worktree",
        metavar="REF",
        help="the state after: a git revision, a folder, or the word worktree (default: worktree)",
    )
    add_format(parser, "text", "json", "markdown", "github")
    parser.add_argument("--branch", help="the pull request's branch, which names its dataset: push_dataset/NAME")
    parser.add_argument("--today", metavar="DATE", help="the day by which dates are judged (default: today, in UTC)")
    parser.add_argument(
        "--limit", type=int, metavar="BYTES", help="markdown: the most it may have (default: a comment)"
    )
    parser.add_argument("--exit-zero", action="store_true", help="end with 0 whatever the plan says")
    add_stack(parser)


def plan(arguments: argparse.Namespace) -> int:
    """Exit code 0 where nothing changes, 1 where there are problems or refusals, 3 where something changes."""
    from provisioner.changes.plan import make_plan
    from provisioner.reporting.plan.annotations import as_github
    from provisioner.reporting.plan.document import as_json
    from provisioner.reporting.plan.markdown import DEFAULT_LIMIT, LEAST_LIMIT, as_markdown
    from provisioner.reporting.plan.text import as_text
    from provisioner.reporting.plan.words import tally, verdict
    from provisioner.reporting.terminal import style_of
    from provisioner.revisions import Revisions

    day = day_or_today(arguments.today)
    limit = DEFAULT_LIMIT if arguments.limit is None else arguments.limit
    if limit < LEAST_LIMIT:
        raise UsageError(f"--limit {limit} is too little to say anything: {LEAST_LIMIT:,} is the least")
    root = checkout()
    refuse_dataset_stack(root, arguments.stack)
    revisions = Revisions(root)
    with without_collector():
        base, head = (revisions.state(name, arguments.stack) for name in (arguments.base, arguments.head))
        if head.settings is None:
            raise UsageError(f"{shown(arguments.head)} has no settings of the stack '{shown(arguments.stack)}'")
        made = make_plan(base, head, stack=arguments.stack, today=day, branch=arguments.branch)
    match arguments.format:
        case "json":
            sys.stdout.write(as_json(made))
        case "markdown":
            sys.stdout.write(as_markdown(made, limit))
        case "github":
            sys.stdout.write(as_github(made))
        case _:
            sys.stdout.write(as_text(made, style_of(sys.stdout)))
    say(f"{tally(made)} ({verdict(made)})")
    if arguments.exit_zero:
        return 0
    if made.refused:
        return CommandError.exit_code
    return CHANGES if made.changes else 0
