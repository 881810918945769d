"""What GitHub's runner reads of a step's output as commands.

After actions/runner, src/Runner.Common/ActionCommand.cs and src/Runner.Worker/ActionCommandManager.cs: `::error::` at
the beginning of a line, and `##[error]` anywhere in one.
"""

import re
from dataclasses import dataclass, field
from typing import Final

KNOWN: Final = frozenset(
    {
        *("error", "warning", "notice", "debug", "group", "endgroup", "echo", "add-mask", "stop-commands"),
        *("set-env", "set-output", "save-state", "add-path", "add-matcher", "remove-matcher"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command: its name in small letters, its properties, and what follows."""

    name: str
    properties: dict[str, str] = field(default_factory=dict)
    data: str


def commands_in(output: str) -> list[Command]:
    """Every command in the output of a step, in order."""
    # The runner reads lines as .NET does: they end with a carriage return, a line feed, or both.
    lines = re.split(r"\r\n|\r|\n", output)
    return [command for command in map(_command, lines) if command]


def _command(line: str) -> Command | None:
    if found := re.match(r"\s*::(.*?)::(.*)", line):
        info, data, separator, unescaped = found[1], found[2], ",", _unescaped
    elif found := re.search(r"##\[(.*?)\](.*)", line):
        info, data, separator, unescaped = found[1], found[2], ";", _unescaped_of_old
    else:
        return None
    name, _, given = info.partition(" ")
    if name.lower() not in KNOWN:
        return None
    pairs = [part.split("=", 1) for part in given.split(separator) if "=" in part]
    properties = {key.strip(): unescaped(value, in_property=True) for key, value in pairs}
    return Command(name=name.lower(), properties=properties, data=unescaped(data, in_property=False))


def _unescaped(text: str, *, in_property: bool) -> str:
    escapes = [("%0D", "\r"), ("%0A", "\n")]
    if in_property:
        escapes += [("%3A", ":"), ("%2C", ",")]
    return _replaced(text, escapes)


def _unescaped_of_old(text: str, *, in_property: bool) -> str:  # noqa: ARG001 - both kinds are alike here
    return _replaced(text, [("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]")])


def _replaced(text: str, escapes: list[tuple[str, str]]) -> str:
    for escaped, character in [*escapes, ("%25", "%")]:
        text = text.replace(escaped, character)
    return text
