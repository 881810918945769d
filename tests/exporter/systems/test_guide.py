"""A newcomer writes the fourth system: the steps of docs/exports.md, taken as they stand there."""

import os
import re
import shlex
from pathlib import Path
from typing import Final

import psycopg

from tests.exporter.systems.system import ROOT
from tests.programs import run

GUIDE: Final = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
STEPS: Final = GUIDE.split("\n## Your own export\n")[1].split("\n## ")[0]
BLOCK: Final = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ANYTHING: Final = "…"
"""Stands in a screen for what differs from run to run."""


def test_the_steps_of_the_guide_do_what_they_say(
    tmp_path: Path, database_url: str, database: psycopg.Connection
) -> None:
    (tmp_path / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
    environment = {**os.environ, "COLUMNS": "120"}
    commands = 0
    for kind, name, text in BLOCK.findall(STEPS):
        if name:
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            if kind == "sql" and file.parent == tmp_path:
                database.execute(text.encode())
        for command, shown in re.findall(
            r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text if kind == "console" else "", re.MULTILINE
        ):
            said = follow(command, tmp_path, environment, database_url)
            assert like(shown, said), f"$ {command}\n{said}"
            commands += 1
    assert commands >= 7


def follow(command: str, folder: Path, environment: dict[str, str], database_url: str) -> str:
    """Do what a line of a screen does, and give what is then to be seen."""
    program, *arguments = shlex.split(command)
    if program == "export":
        environment[arguments[0].partition("=")[0]] = database_url
        return ""
    if program == "cat":
        return (folder / arguments[0]).read_text()
    done = run(program, *arguments, cwd=folder, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def like(shown: str, said: str) -> bool:
    """Whether it is what the screen shows, which leaves out what differs from run to run."""
    pattern = ".*".join(map(re.escape, shown.split(ANYTHING)))
    return re.fullmatch(pattern, said, re.DOTALL) is not None
