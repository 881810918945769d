"""A checkout of a few small files, and the command line run in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from provisioner import cli

SETTINGS: Final = {
    "account_id": '"111122223333"',
    "known_accounts": '{"444455556666": Performance Hub}',
    "break_glass_role": "break-glass",
    "sources": "{core: 'arn:aws:secretsmanager:eu-west-2:111122223333:secret:exports/core-AbCdEf'}",
}
PUSH: Final = "name: visits\nbucket: target-bucket\nusers:\n  - alpha_user_one\n"
PULL: Final = "name: extracts\npull_arns:\n  - arn:aws:iam::444455556666:role/etl/reader\nusers:\n  - alpha_user_one\n"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


def outcome(
    main: Callable[[Sequence[str]], int], arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> Outcome:
    """Run a command line in this process."""
    capsys.readouterr()
    try:
        code: object = main(arguments)
    except SystemExit as end:
        code = end.code
    assert isinstance(code, int)
    said = capsys.readouterr()
    return Outcome(code=code, out=said.out, err=said.err)


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """A checkout; `run` is the command line in it, in this process."""

    root: Path
    capsys: pytest.CaptureFixture[str]

    def write(self, path: str, text: str) -> Path:
        """Write a file, with its folder if need be."""
        file = self.root / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def settings(self, values: Mapping[str, str] = SETTINGS, *, stack: str = "prod") -> None:
        """Write the settings of a stack, each value as YAML."""
        lines = [f"  data-engineering-exports:{key}: {value}\n" for key, value in values.items()]
        self.write(f"Pulumi.{stack}.yaml", "config:\n" + "".join(lines))

    def run(self, *arguments: str) -> Outcome:
        """Run a command."""
        return outcome(cli.main, arguments, self.capsys)
