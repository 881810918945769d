"""`exporter status`: how exports stand."""

import argparse
import datetime
import sys
from typing import TYPE_CHECKING, Final

from exporter.cli.subject import Subject, add_ledger, subject_of
from provisioner.cli.checkout import checkout
from provisioner.cli.command import add_format, add_stack, command
from provisioner.failure import CommandError

if TYPE_CHECKING:
    from exporter.reporting.standing import Report
    from provisioner.cli.command import Commands

RUNS: Final = 500
"""How many runs are looked through for a good one; an export that failed so often is not fresh by any rule."""


def add(commands: "Commands") -> None:
    """Add the command and its arguments."""
    parser = command(
        commands,
        "status",
        "Say of each export what became of its last run: published, empty, failed, running, or not run; "
        "and whether it is fresh enough by its own rule. It changes nothing.",
        "exporter status lettings",
        status,
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="a dataset's name (default: all with an export)")
    add_stack(parser)
    add_ledger(parser)
    add_format(parser, "text", "json")


def status(arguments: argparse.Namespace) -> int:
    """Exit code 0 where all is fresh or only to be warned of, 1 where not, 75 where a ledger could not be asked."""
    from exporter.freshness import Verdict
    from exporter.reporting.standing import FORMATS, Unknown
    from provisioner.datasets.lookup import all_with_export, find_dataset
    from provisioner.reporting.terminal import style_of

    root = checkout()
    found = (
        [find_dataset(root, arguments.stack, arguments.name)]
        if arguments.name
        else all_with_export(root, arguments.stack)
    )
    now = datetime.datetime.now(datetime.UTC)
    reports: list[Report | Unknown] = []
    code = 0
    for one in found:
        try:
            report = _report(subject_of(one, arguments.ledger), now)
        except CommandError as error:
            reports.append(Unknown(name=one.dataset.name, error=str(error)))
            code = max(code, error.exit_code)
            continue
        reports.append(report)
        if report.standing.verdict is Verdict.ERROR:
            code = max(code, CommandError.exit_code)
    sys.stdout.write(FORMATS[arguments.format](reports, style_of(sys.stdout)))
    return code


def _report(subject: Subject, now: datetime.datetime) -> "Report":
    from exporter.engine.ledgers import open_ledger
    from exporter.freshness import standing
    from exporter.reporting.standing import Report

    with open_ledger(subject.name, subject.export, url=subject.url, ledger_file=subject.ledger_file) as ledger:
        runs = ledger.runs(subject.name, subject.target.url, limit=RUNS)
        waiting = ledger.files(subject.name, subject.target.url, revealed=False)
        outputs = ledger.outputs(runs[0].id) if runs else []
    return Report(
        name=subject.name,
        target=subject.target.url,
        rule=subject.export.freshness,
        standing=standing(runs, len(waiting), subject.export.freshness, now),
        outputs=tuple(outputs),
        at=now,
    )
