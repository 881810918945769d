"""What is generated is what is committed, and says what is so."""

import argparse
import dataclasses
import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from provisioner import cli
from provisioner.cli import ending
from provisioner.cli.plan import CHANGES
from provisioner.datasets.keys import KEYS, Kind
from provisioner.datasets.schema import schema_of
from provisioner.failure import CommandError, UnavailableError, UsageError
from provisioner.reading.keys import Key, Type
from provisioner.reading.problem import RULE_MEANINGS, Rule
from provisioner.settings import SETTING_KEYS, Settings
from tests import documentation
from tests.documentation import DOCUMENTS, README, ROOT, SECTIONS, commands, example, generated

_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")

COMMANDS = tuple(commands(cli.parser()))
EVERY_KEY = tuple(
    {key.name: key for key in (*SETTING_KEYS, *KEYS[Kind.PUSH].values(), *KEYS[Kind.PULL].values())}.values()
)


def rows(section: str) -> list[list[str]]:
    """The cells of each row of a section's table, without its head."""
    lines = [line for line in SECTIONS[section]().splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").replace(r"\|", "¦").split("|")] for line in lines[2:]]


def test_what_is_committed_is_what_would_be_generated() -> None:
    texts = generated()
    assert texts.keys() == {*DOCUMENTS, *documentation.SCHEMAS}
    stale = [path.relative_to(ROOT) for path, text in texts.items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run `make docs`"


def test_make_docs_writes_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty = "# Title\n" + "".join(f"<!-- generated: {name} -->\nstale\n<!-- end -->\nkept\n" for name in SECTIONS)
    readme = tmp_path / "README.md"
    readme.write_text(empty)
    schema = tmp_path / "push.schema.json"
    monkeypatch.setattr(documentation, "DOCUMENTS", (readme,))
    monkeypatch.setattr(documentation, "SCHEMAS", {schema: Kind.PUSH})
    documentation.main()
    written = readme.read_text()
    assert "stale" not in written
    assert written.startswith("# Title\n")
    assert written.count("kept\n") == len(SECTIONS)
    assert all(section() in written for section in SECTIONS.values())
    assert json.loads(schema.read_text()) == schema_of(Kind.PUSH)


def test_a_section_that_the_documents_lost_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(README.read_text(encoding="utf-8").replace("<!-- generated: keys -->", ""), encoding="utf-8")
    monkeypatch.setattr(documentation, "DOCUMENTS", (readme, *DOCUMENTS[1:]))
    with pytest.raises(ValueError, match="keys"):
        generated()


@pytest.mark.parametrize("kind", Kind)
def test_every_key_of_a_kind_is_in_the_table_of_keys(kind: Kind) -> None:
    where = {row[0].strip("`"): row[1] for row in rows("keys")}
    other = [name for name, said in where.items() if said == kind.other.value]
    assert sorted(KEYS[kind]) == sorted(where.keys() - set(other))


def test_every_setting_is_in_the_table_of_settings() -> None:
    assert [row[0].strip("`") for row in rows("settings")] == [key.name for key in SETTING_KEYS]


@pytest.mark.parametrize("key", SETTING_KEYS, ids=lambda key: key.name)
def test_the_default_that_is_shown_is_the_one_that_holds(key: Key) -> None:
    fields = {field.name: field for field in dataclasses.fields(Settings)}
    required = fields[key.name].default is dataclasses.MISSING and (
        fields[key.name].default_factory is dataclasses.MISSING
    )
    assert key.required == required
    if not required:
        held = getattr(Settings(stack="test", account_id="111122223333"), key.name)
        assert (held or None) == (key.default or None)


@pytest.mark.parametrize("key", EVERY_KEY, ids=lambda key: key.name)
def test_the_example_that_is_shown_is_the_value_as_a_file_says_it(key: Key) -> None:
    section = "settings" if key in SETTING_KEYS else "keys"
    (shown,) = [row[-1].strip("`") for row in rows(section) if row[0] == f"`{key.name}`"]
    read = yaml.load(shown, yaml.CSafeLoader)
    if key.type is Type.TEXT_MAP:
        assert read == {name.strip('"'): text for name, text in key.example.items()}
    else:
        assert (read.isoformat() if key.type is Type.DATE else read) == key.example


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.prog)
def test_every_command_shows_an_example_that_parses(command: argparse.ArgumentParser) -> None:
    program, *arguments = shlex.split(example(command))
    assert program == "provisioner"
    parsed = cli.parser().parse_args(arguments)
    assert parsed.command is command.get_default("command")


def test_the_example_of_the_program_itself_parses() -> None:
    program, *arguments = shlex.split(example(cli.parser()))
    assert program == "provisioner"
    assert callable(cli.parser().parse_args(arguments).command)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.prog)
def test_every_option_of_a_command_is_said_to_mean_something(command: argparse.ArgumentParser) -> None:
    assert [action.dest for action in command._actions if not action.help] == []


def test_every_command_is_in_the_table_of_commands() -> None:
    section = SECTIONS["commands"]()
    assert [f"### `{command.prog}`" for command in COMMANDS] == [
        line for line in section.splitlines() if line.startswith("### ")
    ]


def test_the_commands_read_the_same_at_any_width_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    wide = SECTIONS["commands"]()
    monkeypatch.setenv("COLUMNS", "30")
    assert SECTIONS["commands"]() == wide


def test_the_exit_codes_are_those_of_the_program() -> None:
    codes = [int(row[0]) for row in rows("exit codes")]
    ours = [
        *(0, CommandError.exit_code, UsageError.exit_code, CHANGES),
        *(UnavailableError.exit_code, ending.BROKEN, ending.INTERRUPTED),
    ]
    assert codes == ours == [0, 1, 2, 3, 69, 70, 130]


def test_every_rule_has_a_meaning_in_the_table_of_rules() -> None:
    assert RULE_MEANINGS.keys() == set(Rule)
    assert rows("rules") == [[f"`{rule}`", RULE_MEANINGS[rule]] for rule in Rule]


def test_a_test_that_a_document_names_is_there() -> None:
    named = [found for path in sorted((ROOT / "docs").glob("*.md")) for found in _TEST.findall(path.read_text())]
    assert len(named) > 40
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).is_file() or (name and f"def {name}(" not in (ROOT / file).read_text())
    ]
    assert missing == []
