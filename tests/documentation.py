"""What is generated: the schemas and the marked sections of the README. `make docs` writes it, a test checks it."""

import argparse
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from exporter.cli import parser as exporter_parser
from exporter.encode.columnar.kinds import KINDS, kind_of
from exporter.failure import EncodeError
from exporter.selection import Column
from provisioner import cli
from provisioner.access.asking.answer import NOTE_MEANINGS, REASON_MEANINGS
from provisioner.access.deployment import apply_trust, preview_trust
from provisioner.access.deployment_policies import apply_policy, preview_policy
from provisioner.access.occupancy import limits_of
from provisioner.access.policies import Document
from provisioner.changes.approvals import APPROVAL_KEYS
from provisioner.changes.refusals.refusal import REFUSAL_MEANINGS
from provisioner.changes.risks.risk import RISK_MEANINGS
from provisioner.cli import ending
from provisioner.cli.command import DEFAULT_STACK, EXAMPLE
from provisioner.cli.plan import CHANGES
from provisioner.datasets.keys import KEYS, Kind
from provisioner.datasets.schema import schema_file, schema_of
from provisioner.datasets.template import value_lines
from provisioner.exports.keys import EXPORT
from provisioner.exports.model import Format
from provisioner.failure import CommandError, UnavailableError, UsageError
from provisioner.live.finding import CHECK_MEANINGS, Check
from provisioner.operations.permissions import STATUS, operator_policy
from provisioner.reading.keys import Key, Type, as_written, flow
from provisioner.reading.problem import RULE_MEANINGS, Rule
from provisioner.settings import SETTING_KEYS, Settings, load_settings
from tests import arithmetic, capacity, systems
from tests.screens import SCREENS

ROOT: Final = Path(__file__).parents[1]
README: Final = ROOT / "README.md"
DOCUMENTS: Final = (README, *sorted((ROOT / "docs").glob("*.md")))
"""The documents for people, each with generated sections or none."""
PLAN_SCHEMA: Final = ROOT / "provisioner" / "reporting" / "plan" / "plan.schema.json"
"""Written by hand: it is the promise that the JSON of a plan keeps."""
SCHEMAS: Final = {ROOT / "provisioner" / "datasets" / schema_file(kind): kind for kind in Kind}

_FEW: Final = 4
"""Values that are listed in a cell; more would hide the others."""
_JSON_TYPES: Final = {
    "string": "a text",
    "integer": "a whole number",
    "boolean": "`true` or `false`",
    "object": "an object",
    "null": "null",
}

_SECTION: Final = re.compile(r"(<!-- generated: (?P<name>[a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def generated() -> dict[Path, str]:
    """Each generated file, or file with generated sections, and the text it ought to have.

    Raises:
        ValueError: a section is missing, stands twice, or is none that is known.
    """
    schemas = {path: json.dumps(schema_of(kind), indent=2) + "\n" for path, kind in SCHEMAS.items()}
    texts = {path: path.read_text(encoding="utf-8") for path in DOCUMENTS}
    names = sorted(match["name"] for text in texts.values() for match in _SECTION.finditer(text))
    if names != sorted(SECTIONS):
        raise ValueError(f"The generated sections are {sorted(SECTIONS)}; the documents have {names}.")
    return {**schemas, **{path: _with_sections(text) for path, text in texts.items()}}


def _with_sections(text: str) -> str:
    """The text with every marked section made anew."""
    return _SECTION.sub(lambda match: f"{match[1]}\n{SECTIONS[match['name']]()}\n\n{match[3]}", text)


def keys_section() -> str:
    """One table of the keys of both kinds of dataset file, the required ones first."""
    keys = {name: key for kind in Kind for name, key in KEYS[kind].items()}
    rows = []
    for key in sorted(keys.values(), key=lambda key: not key.required):
        kinds = [kind.value for kind in Kind if key.name in KEYS[kind]]
        where = "both" if len(kinds) == len(Kind) else kinds[0]
        rows.append((_code(key.name), where, _type(key), _default(key), key.description, _example(key)))
    return _table(("Key", "In", "Holds", "Default", "Meaning", "Example"), rows)


def export_section() -> str:
    """The table of what stands under `export`, the keys of a task after the others."""
    tasks = next(key for key in EXPORT.fields if key.name == "tasks")
    of_tasks = {key.name for key in tasks.fields}
    rows: list[tuple[str, ...]] = []
    for key in sorted((tasks.fields[0], *EXPORT.fields), key=lambda key: key.name in of_tasks):
        rows += _nested_rows(key, "a task" if key.name in of_tasks else "`export`")
    return _table(("Key", "In", "Holds", "Default", "Meaning", "Example"), rows)


def _nested_rows(key: Key, where: str) -> Iterator[tuple[str, ...]]:
    """The row of a key, and of each key that stands under it."""
    yield _code(key.name), where, _type(key), _default(key), key.description, _example(key)
    if key.name != "tasks":
        for field in key.fields:
            yield from _nested_rows(field, _code(key.name))


def settings_section() -> str:
    """The table of the settings of a stack."""
    rows = [(_code(key.name), _type(key), _default(key), key.description, _example(key)) for key in SETTING_KEYS]
    return _table(("Setting", "Holds", "Default", "Meaning", "Example"), rows)


def _type(key: Key) -> str:
    if key.choices:
        return " or ".join(map(_code, key.choices))
    return key.type.value


def _default(key: Key) -> str:
    if key.required:
        return "required"
    return "" if key.default is None else _value(key, key.default)


def _example(key: Key) -> str:
    return _value(key, key.example)


def _value(key: Key, value: Any) -> str:
    """A value as it is written in a file, on one line."""
    if key.type in (Type.RECORD, Type.RECORDS, Type.RECORD_MAP):
        return _code(flow(value))
    if isinstance(value, dict):
        return _code(", ".join(f"{as_written(name)}: {as_written(text)}" for name, text in value.items()))
    if isinstance(value, int) and not isinstance(value, bool):
        return _code(str(value))
    first, *more = value_lines(key, value)
    return _code("\n".join(line.strip() for line in more) if more else first.partition(": ")[2])


def commands_section() -> str:
    """Every command with its usage, options and example, from the parser itself."""
    return _commands(cli.parser())


def exporter_commands_section() -> str:
    """Every command of the exporter, likewise."""
    return _commands(exporter_parser())


def _commands(parser: argparse.ArgumentParser) -> str:
    return "\n\n".join("\n\n".join(_command(command)) for command in commands(parser))


def command_list_section() -> str:
    """Every command and what it is for."""
    rows = [(_code(command.prog), " ".join((command.description or "").split())) for command in commands(cli.parser())]
    return _table(("Command", "What it does"), rows)


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parsers of the commands that can be run, at whatever depth."""
    nested = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not nested:
        yield parser
    for action in nested:
        for command in action.choices.values():
            yield from commands(command)


def example(command: argparse.ArgumentParser) -> str:
    """The command line that the help of a command shows.

    Raises:
        ValueError: it shows none.
    """
    before, mark, line = (command.epilog or "").rpartition(EXAMPLE)
    if before or not mark:
        raise ValueError(f"The help of '{command.prog}' does not end in '{EXAMPLE}…'.")
    return line


def _command(command: argparse.ArgumentParser) -> Iterator[str]:
    actions = [action for action in command._actions if not isinstance(action, argparse._HelpAction)]
    # Options first, as argparse itself shows a usage.
    ordered = sorted(actions, key=lambda action: not action.option_strings)
    yield f"### `{command.prog}`"
    yield " ".join((command.description or "").split())
    yield f"```text\n{' '.join([command.prog, *map(_usage, ordered)])}\n```"
    yield _table(("Argument", "Meaning"), [(_code(_argument(action)), _meaning(action)) for action in actions])
    yield f"For example:\n\n```sh\n{example(command)}\n```"


def _usage(action: argparse.Action) -> str:
    if action.option_strings:
        shown = _argument(action)
        repeated = " …" if isinstance(action, argparse._AppendAction) else ""
        return f"{shown}{repeated}" if action.required else f"[{shown}]{repeated}"
    if action.nargs == "*":
        return f"[{_placeholder(action)} …]"
    return f"[{_placeholder(action)}]" if action.nargs == "?" else _placeholder(action)


def _argument(action: argparse.Action) -> str:
    if not action.option_strings:
        return _placeholder(action)
    takes_value = action.nargs != 0
    return f"{action.option_strings[-1]} {_placeholder(action)}" if takes_value else action.option_strings[-1]


def _placeholder(action: argparse.Action) -> str:
    if action.choices:
        return "|".join(map(str, action.choices))
    named = action.metavar or action.dest.upper()
    return " ".join(named) if isinstance(named, tuple) else named


def _meaning(action: argparse.Action) -> str:
    return action.help or ""


def exit_codes_section() -> str:
    """What the exit code of a command says."""
    rows = (
        (0, "everything is right"),
        (CommandError.exit_code, "problems were found, or a step failed"),
        (UsageError.exit_code, "the command was not called as it wants to be; nothing was done"),
        (CHANGES, "`plan` only: something changes, and nothing speaks against it"),
        (UnavailableError.exit_code, "AWS or GitHub could not be asked: no credentials, no permission, or no network"),
        (ending.BROKEN, "a fault of the program itself: please report it"),
        (ending.INTERRUPTED, "interrupted, as by Ctrl-C"),
    )
    return _table(("Code", "Meaning"), [(str(code), meaning) for code, meaning in rows])


def plan_exit_codes_section() -> str:
    """What the exit code of `plan` says."""
    rows = (
        (0, "nothing changes; or `--exit-zero` was given, and the plan could be made"),
        (CommandError.exit_code, "there are problems or refusals: it cannot be merged as it is"),
        (UsageError.exit_code, "the command was not called as it wants to be; there is no plan"),
        (CHANGES, "something changes, and nothing speaks against it but what a reviewer says of the risks"),
    )
    return _table(("Code", "Meaning"), [(str(code), meaning) for code, meaning in rows])


def risks_section() -> str:
    """Every risk that a plan calls out, the gravest first."""
    return _table(("Risk", "When"), [(_code(risk), meaning) for risk, meaning in RISK_MEANINGS.items()])


def reasons_section() -> str:
    """Why `can` answers as it does."""
    return _table(("Reason", "Meaning"), [(_code(reason), meaning) for reason, meaning in REASON_MEANINGS.items()])


def notes_section() -> str:
    """What an answer of `can` rests on, or leaves open."""
    return _table(("Note", "Meaning"), [(_code(note), meaning) for note, meaning in NOTE_MEANINGS.items()])


def refusals_section() -> str:
    """Everything that a plan refuses."""
    return _table(("Refusal", "When"), [(_code(refusal), meaning) for refusal, meaning in REFUSAL_MEANINGS.items()])


def limits_section() -> str:
    """Every limit of AWS's that datasets fill, and the page that says so."""
    rows = [
        (
            limit.what,
            f"{limit.most:,} {limit.unit}",
            f"{limit.raised:,}" if limit.raised else "",
            "yes" if limit.grows else "",
            limit.source,
        )
        for limit in limits_of(capacity.SETTINGS)
    ]
    return _table(("Limit", "Holds", "AWS raises it to", "Filled by more datasets", "Source"), rows)


def users_capacity_section() -> str:
    """How many datasets a user may have."""
    return _table(("`user_policies`", "Datasets of one user"), list(capacity.users_rows()))


def buckets_capacity_section() -> str:
    """What fits into a bucket's policy."""
    return _table(("What", "How many fit"), list(capacity.bucket_rows()))


def approvals_section() -> str:
    """The table of the keys of an approval."""
    rows = [(_code(key.name), _type(key), key.description, _example(key)) for key in APPROVAL_KEYS]
    return _table(("Key", "Holds", "Meaning", "Example"), rows)


def plan_json_section() -> str:
    """A table of each object in the JSON of a plan, from its schema."""
    schema = json.loads(PLAN_SCHEMA.read_text(encoding="utf-8"))
    parts = {"The whole": schema, **{_object_title(name): part for name, part in schema["definitions"].items()}}
    return "\n\n".join(f"### {title}\n\n{part['description']}\n\n{_fields(part)}" for title, part in parts.items())


def _fields(schema: dict[str, Any]) -> str:
    rows = [(_code(name), _shape(field), field.get("description", "")) for name, field in schema["properties"].items()]
    return _table(("Field", "Holds", "Meaning"), rows)


def _object_title(definition: str) -> str:
    return definition.replace("_", " ").capitalize()


def _shape(field: dict[str, Any]) -> str:
    """What a field of a JSON Schema may hold, in words."""
    match field:
        case {"$ref": target}:
            title = _object_title(target.rpartition("/")[2])
            return f"[{title.lower()}](#{title.lower().replace(' ', '-')})"
        case {"const": value}:
            return _code(str(value))
        case {"enum": values}:
            return " or ".join(map(_code, values)) if len(values) <= _FEW else "one of the codes above"
        case {"allOf": shapes} | {"anyOf": shapes}:
            return " or ".join(map(_shape, shapes))
        case {"type": "array", "items": items}:
            return f"a list: {_shape(items)}"
        case {"type": [kind, "null"]}:
            return f"{_JSON_TYPES[kind]} or null"
    return _JSON_TYPES[field["type"]]


def rules_section() -> str:
    """Every rule that a problem can name, and what it wants."""
    return _table(("Rule", "What it wants"), [(_code(rule.value), RULE_MEANINGS[rule]) for rule in Rule])


def checks_section() -> str:
    """Everything that a look at AWS can find."""
    return _table(("Finding", "What it says"), [(_code(check.value), CHECK_MEANINGS[check]) for check in Check])


def _policy_section(document_of: Callable[[Settings], Document]) -> str:
    """A document of the workflows' roles or of an operator, for the repository's own settings."""
    settings, problems = load_settings(ROOT, DEFAULT_STACK)
    if settings is None:
        raise ValueError("\n".join(map(str, problems)))
    return f"```json\n{json.dumps(document_of(settings).body, indent=2)}\n```"


def rates_section() -> str:
    """What each rate of small files takes."""
    head = ("Files a second", "Functions at once", "The limit", "Messages in flight", "Datasets")
    return _table(head, arithmetic.rates())


def costs_section() -> str:
    """What a million small files costs."""
    return _table(("What", "US dollars"), arithmetic.costs())


def sizes_section() -> str:
    """What one large file takes."""
    return _table(("Size", "Part", "Parts", "Time", "Runs", "US dollars"), arithmetic.sizes())


def systems_section() -> str:
    """The three systems of `examples`, key by key."""
    return _table(systems.HEAD, systems.rows())


def column_types_section() -> str:
    """What each of PostgreSQL's types is in a file of columns."""
    known = [*KINDS, "numeric(18,2)", "numeric(40,2)", "integer[]", "numeric(18,2)[]"]
    alike = groupby(known, lambda name: [_column_type(name, format_) for format_ in (Format.PARQUET, Format.ORC)])
    return _table(("PostgreSQL", "Parquet", "ORC"), ([", ".join(map(_code, names)), *types] for types, names in alike))


def _column_type(name: str, format_: Format) -> str:
    try:
        return _code(str(kind_of(Column("", name), format_).type))
    except EncodeError:
        return "an error"


SECTIONS: Final[dict[str, Callable[[], str]]] = {
    "keys": keys_section,
    "keys of export": export_section,
    "settings": settings_section,
    "commands": commands_section,
    "command list": command_list_section,
    "exporter commands": exporter_commands_section,
    "exit codes": exit_codes_section,
    "rules": rules_section,
    "plan exit codes": plan_exit_codes_section,
    "risks": risks_section,
    "refusals": refusals_section,
    "reasons": reasons_section,
    "notes": notes_section,
    "approvals": approvals_section,
    "plan json": plan_json_section,
    "checks": checks_section,
    "policy preview trust": partial(_policy_section, preview_trust),
    "policy preview": partial(_policy_section, preview_policy),
    "policy apply trust": partial(_policy_section, apply_trust),
    "policy apply": partial(_policy_section, apply_policy),
    "policy status": partial(_policy_section, partial(operator_policy, actions=STATUS)),
    "policy operator": partial(_policy_section, operator_policy),
    "limits": limits_section,
    "datasets of a user": users_capacity_section,
    "in a bucket policy": buckets_capacity_section,
    "forwarder rates": rates_section,
    "forwarder costs": costs_section,
    "forwarder sizes": sizes_section,
    "export systems": systems_section,
    "column types": column_types_section,
    **SCREENS,
}


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, cells))} |" for cells in lines)


def _cell(text: str) -> str:
    """In a table a pipe ends its cell, even within backquotes."""
    return text.replace("|", r"\|")


def _code(text: str) -> str:
    return f"`{text}`"


def main() -> None:
    """Write everything that is generated."""
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
