"""The command line: each command is a few lines over the library, and loads only what it needs."""

import argparse
import datetime
import gc
import io
import os
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from provisioner.failure import CommandError, UsageError

if TYPE_CHECKING:
    from provisioner.reading.problem import Problem
    from provisioner.settings import Settings

DEFAULT_STACK: Final = "prod"
INTERRUPTED: Final = 130  # as shells say that Ctrl-C ended a command
BROKEN: Final = 70  # EX_SOFTWARE of sysexits.h: the fault is ours
EXAMPLE: Final = "example: "


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
        _say(f"provisioner: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        _say("provisioner: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; nothing is left to say, and Python must not try.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        _debug()
        place = f"{error.filename}: " if error.filename else ""
        _say(f"provisioner: {place}{error.strerror or error}")
        return CommandError.exit_code
    except Exception as error:
        _debug()
        _say(
            f"provisioner: this is a fault of the program, not of yours: {type(error).__name__}: {error}\n"
            "Please report it, with what PROVISIONER_DEBUG=1 before the command shows."
        )
        return BROKEN
    return code


def _debug() -> None:
    if os.environ.get("PROVISIONER_DEBUG"):
        traceback.print_exc()


def parser() -> argparse.ArgumentParser:
    """The commands and their options; the reference in the README is made from it."""
    top = _Parser(
        prog="provisioner",
        description="Get a team's data to another organisation safely, by reviewed configuration.",
        epilog=f"{EXAMPLE}provisioner validate",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_validate(commands)
    _add_new(commands)
    _add_explain(commands)
    _add_try(commands)
    return top


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with a call, and where to read more."""

    def error(self, message: str) -> NoReturn:
        _say(f"{self.prog}: {message}\nRead more with: {self.prog} --help")
        raise SystemExit(UsageError.exit_code)

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End after the help; flushed here, so that `main` sees it if nobody reads it."""
        sys.stdout.flush()
        super().exit(status, message)


if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction["_Parser"]


def _command(
    commands: "_Commands", name: str, summary: str, example: str, run: Callable[[argparse.Namespace], int]
) -> _Parser:
    made = commands.add_parser(
        name,
        help=summary,
        description=textwrap.fill(summary, 78),
        epilog=f"{EXAMPLE}{example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,  # breaks no example over two lines
    )
    made.set_defaults(command=run)
    return made


def _add_stack(command: _Parser) -> None:
    command.add_argument(
        "--stack",
        default=os.environ.get("PROVISIONER_STACK") or DEFAULT_STACK,
        help=f"whose settings to use, from Pulumi.STACK.yaml (default: $PROVISIONER_STACK, else {DEFAULT_STACK})",
    )


def _add_validate(commands: "_Commands") -> None:
    command = _command(
        commands,
        "validate",
        "Check dataset files, and show every problem with its place and what to write instead.",
        "provisioner validate push_datasets/new_project.yaml",
        validate,
    )
    command.add_argument("paths", nargs="*", metavar="PATH", help="files or folders (default: both dataset folders)")
    command.add_argument("--format", choices=("text", "json", "github"), default="text", help="as what (default: text)")
    _add_stack(command)


def validate(arguments: argparse.Namespace) -> int:
    """Exit code 0 where everything is right, 1 where there are problems."""
    from provisioner.access.check import check
    from provisioner.datasets.catalogue import Checked
    from provisioner.datasets.folder import read_folders, read_paths
    from provisioner.datasets.model import Catalogue
    from provisioner.reporting.problems import FORMATS, tally
    from provisioner.reporting.terminal import style_of

    root = _checkout()
    settings, wrong_settings = _read_settings(root, arguments.stack)
    with _without_collector():
        try:
            files, found = read_paths(arguments.paths) if arguments.paths else read_folders(root)
        except FileNotFoundError as error:
            raise UsageError(f"there is no dataset file or folder at {error}") from error
        if settings is None:
            nothing = Catalogue(push=(), pull=())
            checked = Checked(nothing, nothing, tuple(wrong_settings), files=0)
        else:
            checked = check(files, found, settings, _today())
    sys.stdout.write(FORMATS[arguments.format](checked, style_of(sys.stdout)))
    _say(tally(checked) if settings else "the settings have problems: no dataset file was checked")
    return 1 if checked.problems else 0


@contextmanager
def _without_collector() -> Iterator[None]:
    """Leave the garbage collector out.

    What is read of dataset files holds no cycles, so nothing is lost; and to walk over it again and again while it
    grows takes almost half of the time that 10,000 files take.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _add_new(commands: "_Commands") -> None:
    command = _command(
        commands,
        "new",
        "Write a new dataset file, valid and commented; asks for what is missing when on a terminal.",
        "provisioner new push new_project --bucket target-bucket-name --user alpha_user_one",
        new,
    )
    command.add_argument("kind", choices=("push", "pull"), help="push to a bucket elsewhere, or let others pull")
    command.add_argument("name", metavar="NAME", help="lower case letters, digits and underscores")
    command.add_argument("--bucket", help="push: the target bucket's name")
    command.add_argument(
        "--arn", action="extend", nargs="+", metavar="ARN", help="pull: an outside role; may be repeated"
    )
    command.add_argument(
        "--user", action="extend", nargs="+", metavar="USER", help="a platform username; may be repeated"
    )
    command.add_argument("--description", metavar="TEXT", help="one line that says what the data is")
    command.add_argument("--contact", metavar="TEXT", help="whom to ask")
    command.add_argument(
        "--paperwork", action="extend", nargs="+", metavar="TEXT", help="the agreement; may be repeated"
    )
    command.add_argument("--expires", metavar="DATE", help="the last day of access")
    _add_stack(command)


def new(arguments: argparse.Namespace) -> int:
    """Exit code 0 where the file was written, 1 where it would have problems or is there already."""
    from provisioner.datasets.keys import Kind
    from provisioner.new_dataset import make

    root = _checkout()
    kind = Kind(arguments.kind)
    given = {
        "name": arguments.name,
        "description": arguments.description,
        "contact": arguments.contact,
        "bucket": arguments.bucket,
        "pull_arns": arguments.arn,
        "users": arguments.user,
        "paperwork": arguments.paperwork,
        "expires": arguments.expires,
    }
    ask = _ask if sys.stdin.isatty() and sys.stderr.isatty() else None
    settings = _settings(root, arguments.stack)
    said = {key: value for key, value in given.items() if value or key == "name"}
    made = make(root, kind, said, settings, _today(), ask)
    sys.stdout.write(made)
    return 0


def _ask(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        raise KeyboardInterrupt
    return answer.strip()


def _add_explain(commands: "_Commands") -> None:
    command = _command(
        commands,
        "explain",
        "Say in words what a dataset gives to whom, and what the receiving team must add on its side.",
        "provisioner explain new_project",
        explain,
    )
    command.add_argument("name", metavar="NAME", help="a dataset's name")
    command.add_argument("--kind", choices=("push", "pull"), help="which, where both kinds have the name")
    command.add_argument("--format", choices=("text", "json"), default="text", help="as what (default: text)")
    _add_stack(command)


def explain(arguments: argparse.Namespace) -> int:
    """Exit code 0, or 1 where the dataset's file has problems, or 2 where there is no such dataset."""
    import difflib

    from provisioner.access.check import check
    from provisioner.datasets.folder import read_folders
    from provisioner.reporting.explanation import FORMATS
    from provisioner.reporting.problems import problem_lines
    from provisioner.reporting.terminal import style_of

    root = _checkout()
    settings = _settings(root, arguments.stack)
    with _without_collector():
        files, found = read_folders(root)
        checked = check(files, found, settings, None)
    wanted = [file for file in files if file.stem == arguments.name and arguments.kind in (None, file.kind.value)]
    if not wanted:
        known = {file.stem for file in files if arguments.kind in (None, file.kind.value)}
        near = difflib.get_close_matches(arguments.name, sorted(known), n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise UsageError(f"there is no {arguments.kind or 'push or pull'} dataset '{arguments.name}'{hint}")
    paths = {file.file for file in wanted}
    problems = tuple(problem for problem in checked.problems if problem.file in paths)
    if problems:
        sys.stderr.write(problem_lines(problems, style_of(sys.stderr)))
        return 1
    datasets = [dataset for dataset in checked.catalogue if dataset.file in paths]
    sys.stdout.write(FORMATS[arguments.format](datasets, settings, style_of(sys.stdout)))
    return 0


def _add_try(commands: "_Commands") -> None:
    command = _command(
        commands,
        "try",
        "Provision an embedded AWS on this machine, and carry real files through it.",
        "provisioner try --keep",
        try_it,
    )
    command.add_argument("folder", nargs="?", metavar="DIR", help="another checkout, to use its datasets and settings")
    command.add_argument("--keep", action="store_true", help="leave it running afterwards, to look around, till Ctrl-C")
    _add_stack(command)


def try_it(arguments: argparse.Namespace) -> int:
    """Exit code 0 where every step went well, 1 where one failed."""
    try:
        from provisioner.emulator.tour import take_tour
    except ModuleNotFoundError as error:
        raise CommandError(f"{error.name} is not installed, which only `try` needs: run `make setup`") from error
    from provisioner.reporting.terminal import style_of

    root = Path(arguments.folder) if arguments.folder else _checkout()
    if not root.is_dir():
        raise UsageError(f"there is no folder {root}")
    settings = _settings(root, arguments.stack)
    return take_tour(root.resolve(), settings, _today(), keep=arguments.keep, style=style_of(sys.stdout))


def _settings(root: Path, stack: str) -> "Settings":
    """The settings of a stack. Problems in them end the command: nothing could be judged without."""
    from provisioner.reporting.problems import problem_lines
    from provisioner.reporting.terminal import style_of

    settings, problems = _read_settings(root, stack)
    if settings is None:
        sys.stderr.write(problem_lines(tuple(problems), style_of(sys.stderr)))
        raise CommandError("the settings have problems")
    return settings


def _read_settings(root: Path, stack: str) -> "tuple[Settings | None, list[Problem]]":
    from provisioner.settings import load_settings, settings_file

    try:
        return load_settings(root, stack)
    except OSError as error:
        stacks = sorted(path.name for path in root.glob("Pulumi.*.yaml"))
        there = f"; there is {', '.join(stacks)}" if stacks else ""
        raise UsageError(
            f"cannot read {root / settings_file(stack)}, the settings of the stack '{stack}'{there}"
        ) from error


def _checkout() -> Path:
    """The folder that holds Pulumi.yaml: this one, or the nearest above it."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "Pulumi.yaml").is_file():
            return folder
    raise UsageError(f"{here} is not in a checkout: no Pulumi.yaml here or above; change into one")


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
