"""The settings file of a stack, `Pulumi.<stack>.yaml`: the one place where settings touch the disk."""

import re
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from provisioner.reading import nodes
from provisioner.reading.document import MAX_FILE_BYTES, Report, read_document
from provisioner.reading.keys import Type, Values, nearest_key
from provisioner.reading.printable import shown
from provisioner.reading.problem import START, Place, Problem, Rule, symbolic_link
from provisioner.reading.values import read_values
from provisioner.settings.keys import SETTING_KEYS
from provisioner.settings.model import PROJECT, Settings, settings_file
from provisioner.settings.rules import RULES

_KEYS: Final = {key.name: key for key in SETTING_KEYS}
_SETTING: Final = re.compile(rf"""^[ \t{{]*['"]?{PROJECT}:""".encode(), re.MULTILINE)
"""How a setting of ours begins, wherever in the file it stands and whatever else is wrong with the file."""


def load_settings(root: Path, stack: str) -> tuple[Settings | None, list[Problem]]:
    """The settings of a stack, read from its file in the folder `root`, or the problems in it.

    A symbolic link is not followed, and of a file that is too large only so much is read as says so.

    Raises:
        OSError: the stack has no settings file, or it cannot be read.
    """
    path = root / settings_file(stack)
    if path.is_symlink():
        return None, [symbolic_link(path.name)]
    with path.open("rb", buffering=0) as opened:
        return read_settings(opened.read(MAX_FILE_BYTES + 1), stack)


def has_settings(root: Path, stack: str) -> bool:
    """Whether the file of a stack is there and has any setting of ours, right or wrong: Pulumi writes its own there."""
    try:
        with (root / settings_file(stack)).open("rb", buffering=0) as opened:
            content = opened.read(MAX_FILE_BYTES)
    except OSError:
        return False
    return _SETTING.search(content) is not None


def read_settings(content: bytes, stack: str) -> tuple[Settings | None, list[Problem]]:
    """The settings that the bytes of a stack's file hold, or the problems in them."""
    file = settings_file(stack)
    problems: list[Problem] = []

    def report(place: Place, rule: Rule, wrong: str, instead: str) -> None:
        problems.append(Problem(file, place, rule, wrong, instead))

    config = _config(read_document(content, file, problems), report)
    if config is None:
        return None, sorted(problems)
    values = read_values(config, _KEYS, report)
    for key in SETTING_KEYS:
        if key.required and key.name not in values.places:
            instead = f"add '{PROJECT}:{key.name}: \"{key.example}\"'"
            report(values.place, Rule.KEY_MISSING, f"the setting '{key.name}' is missing", instead)
    for check in RULES:
        check(values, report)
    if problems:
        return None, sorted(problems)
    return _settings(values, stack), []


def _config(root: nodes.Mapping | None, report: Report) -> nodes.Mapping | None:
    """The part of the file that is ours, its keys without the namespace; Pulumi's own keys are left alone."""
    if root is None:
        return None
    place, config = root.entries.get("config", (START, None))
    if not isinstance(config, nodes.Mapping):
        report(
            place,
            Rule.KEY_MISSING,
            "there is no 'config' with the settings",
            f"write 'config:' and under it, indented, '{PROJECT}:account_id: \"111122223333\"'",
        )
        return None
    ours = nodes.Mapping(config.place)
    for name, (key_place, node) in config.entries.items():
        namespace, _, key = name.rpartition(":")
        if not namespace and key in _KEYS:
            report(key_place, Rule.KEY_UNKNOWN, f"'{key}' lacks its namespace", f"write '{PROJECT}:{key}'")
            continue
        if namespace != PROJECT:
            continue
        if key not in _KEYS:
            nearest = nearest_key(key, SETTING_KEYS)
            instead = f"write '{PROJECT}:{nearest}'" if nearest else f"the settings are {', '.join(_KEYS)}"
            report(key_place, Rule.KEY_UNKNOWN, f"'{shown(key)}' is not a setting", instead)
        ours.entries[key] = (key_place, node)
    return ours


def _settings(values: Values, stack: str) -> Settings:
    given: dict[str, Any] = {}
    for key in SETTING_KEYS:
        if key.type is Type.TEXT_MAP:
            if texts := values.text_map(key.name):
                given[key.name] = MappingProxyType({name.text: text.text for name, text in texts.value.values()})
        elif key.type is Type.TEXTS:
            if listed := values.texts(key.name):
                given[key.name] = tuple(text.text for text in listed.value)
        elif value := values.any(key.name):
            given[key.name] = value.value
    return Settings(stack=stack, **given)
