"""The tests' own reading of a step's output: what GitHub's runner would take for a command."""

import pytest

from tests.workflows.commands import Command, commands_in


@pytest.mark.parametrize(
    ("output", "commands"),
    [
        ("just words\n", []),
        ("::error::a", [Command(name="error", data="a")]),
        ("  ::ERROR::a", [Command(name="error", data="a")]),
        ("a ::error::b", []),
        ("::nothing::a", []),
        ("::error::a%0Ab%25", [Command(name="error", data="a\nb%")]),
        ("::error file=a%2Cb,line=2::c", [Command(name="error", properties={"file": "a,b", "line": "2"}, data="c")]),
        ("a ##[error]b", [Command(name="error", data="b")]),
        ("a\r::error::b", [Command(name="error", data="b")]),
        ("::stop-commands::a\n##[nothing]\n", [Command(name="stop-commands", data="a")]),
    ],
)
def test_commands_are_read_as_the_runner_reads_them(output: str, commands: list[Command]) -> None:
    assert commands_in(output) == commands
