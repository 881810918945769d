"""`exporter run`: one run of an export."""

import argparse
import sys
from typing import TYPE_CHECKING

from exporter.cli.subject import Subject, add_subject, subject_named
from provisioner.cli.command import add_format, command
from provisioner.failure import CommandError

if TYPE_CHECKING:
    from exporter.engine.request import Request
    from provisioner.cli.command import Commands


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "run",
        "Make the files that are due, publish them, and record what was done. "
        "What an earlier run left half done is finished or undone first.",
        "exporter run lettings --to /tmp/lettings",
        run,
    )
    add_subject(parser)
    parser.add_argument("--full", action="store_true", help="all rows, whatever the cursors say, as a new base")
    parser.add_argument("--task", metavar="TASK", help="only this task")
    parser.add_argument("--partition", metavar="PARTITION", help="only this partition")
    parser.add_argument(
        "--delete", action="store_true", help="with --to: delete the exported rows too, as a run into the bucket does"
    )
    add_format(parser, "text", "json")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 where all went well, 2 where the call is wrong, 75 where something of the run failed."""
    from exporter.engine.request import Request

    request = Request(
        full=arguments.full,
        task=arguments.task,
        partition=arguments.partition,
        delete=arguments.delete or arguments.folder is None,
    )
    return perform(subject_named(arguments), request, arguments.format)


def perform(subject: Subject, request: "Request", form: str) -> int:
    """Run an export, watched on standard error, and report on standard output."""
    from exporter.engine.run import run_export
    from exporter.failure import ExportError
    from exporter.ledger.model import RunState
    from exporter.reporting.progress import JsonLog, watcher_of
    from exporter.reporting.result import FORMATS
    from provisioner.reporting.terminal import style_of

    watcher = watcher_of(sys.stderr)
    try:
        result = run_export(
            subject.name,
            subject.export,
            url=subject.url,
            target=subject.target,
            ledger_file=subject.ledger_file,
            request=request,
            observe=watcher,
        )
    except CommandError as error:
        if not isinstance(watcher, JsonLog):
            raise
        watcher.write("refused", {"export": subject.name, "error": str(error)})
        return error.exit_code
    sys.stdout.write(FORMATS[form](result, style_of(sys.stdout)))
    return ExportError.exit_code if result.run.state is RunState.FAILED else 0
