"""Every command explains itself, by an example too."""

import argparse
import subprocess
import sys

import pytest

from exporter import cli
from tests.documentation import commands, example

EVERY = [command.prog.split()[1] for command in commands(cli.parser())]


def test_the_commands_are_these() -> None:
    assert EVERY == ["run", "list", "show", "status", "backfill", "verify", "serve"]


@pytest.mark.parametrize("command", list(commands(cli.parser())), ids=lambda command: command.prog)
def test_the_example_of_a_command_is_a_right_call(command: argparse.ArgumentParser) -> None:
    program, *arguments = example(command).split()
    assert program == "exporter"
    assert callable(cli.parser().parse_args(arguments).command)


def test_help_loads_neither_database_nor_aws_nor_service() -> None:
    heavy = ("psycopg", "boto3", "botocore", "pyarrow", "fastapi", "sqlglot", "isal")
    code = (
        "import sys, exporter.cli\n"
        "try:\n exporter.cli.main(['run', '--help'])\nexcept SystemExit:\n pass\n"
        f"sys.exit(str([name for name in {heavy!r} if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == "[]\n"
