"""The values of a mapping, read by the table of its keys: what is of another type is reported and left out."""

import datetime
import re
from collections.abc import Mapping
from typing import Any, Final

from provisioner.reading import nodes
from provisioner.reading.document import Report
from provisioner.reading.keys import Found, Key, Text, Type, Values, advice, nearest_key, report_missing
from provisioner.reading.nodes import Node, Scalar, Sequence, plain_kind
from provisioner.reading.printable import shown, unfit_character
from provisioner.reading.problem import Place, Rule

_DATE: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER: Final = re.compile("0|[1-9][0-9]{0,17}")
"""As YAML 1.1 and 1.2 both read it: a leading zero means octal to one of them."""

_BREAKS_AND_TABS: Final = re.compile("[\n\r\t]")
DURATION: Final = re.compile("([1-9][0-9]{0,5}) (minute|hour|day)s?")


def read_values(mapping: nodes.Mapping, keys: Mapping[str, Key], report: Report) -> Values:
    """The values of `mapping`, by the table `keys`. Wrong types are reported and left out; unknown keys are ignored."""
    found: dict[str, Found[Any]] = {}
    places: dict[str, Place] = {}
    for name, (place, node) in mapping.entries.items():
        places[name] = place
        key = keys.get(name)
        if key is not None:
            value = _READERS[key.type](node, key, report)
            if value is not None:
                found[name] = Found(value, node.place)
    # No node is kept: of 10,000 files that would be most of the memory.
    return Values(found, places, mapping.place)


def _read_text(node: Node, key: Key, report: Report) -> str | None:
    text = _text(node, key, f"'{key.name}'", report)
    if text is not None and key.choices and text not in key.choices:
        wanted = " or ".join(f"'{key.name}: {choice}'" for choice in key.choices)
        report(node.place, Rule.KEY_VALUE, f"'{key.name}' cannot be '{shown(text)}'", f"write {wanted}")
        return None
    return text


def _items(node: Node, key: Key, report: Report) -> list[Node] | None:
    """The items of a list, or None with a report where there is no list or nothing in it."""
    if not isinstance(node, Sequence):
        _refuse(node, key, report)
        return None
    if not node.items:
        report(node.place, Rule.KEY_EMPTY, f"'{key.name}' is an empty list", f"write {advice(key)}")
        return None
    return node.items


def _read_texts(node: Node, key: Key, report: Report) -> tuple[Text, ...] | None:
    items = _items(node, key, report)
    if items is None:
        return None
    called = f"an item of '{key.name}'"
    texts = []
    for item in items:
        text = _text(item, key, called, report)
        if text is not None:
            texts.append(Text(text, item.place))
    return tuple(texts)


def _read_text_or_texts(node: Node, key: Key, report: Report) -> tuple[Text, ...] | None:
    if isinstance(node, Sequence):
        return _read_texts(node, key, report)
    text = _text(node, key, f"'{key.name}'", report)
    return None if text is None else (Text(text, node.place),)


def _read_flag(node: Node, key: Key, report: Report) -> bool | None:
    # YAML 1.1 takes yes, no, on and off for booleans, YAML 1.2 for texts: what two readers disagree on is refused.
    if isinstance(node, Scalar) and node.plain and node.text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return node.text.lower() == "true"
    _refuse(node, key, report)
    return None


def _read_date(node: Node, key: Key, report: Report) -> datetime.date | None:
    if isinstance(node, Scalar) and node.text:
        text = node.text
        try:
            date = datetime.date.fromisoformat(text) if _DATE.fullmatch(text) else None
        except ValueError:
            date = None
        if date == datetime.date.max:  # what people write for "never", and no date has a day after it
            report(
                node.place,
                Rule.EXPIRES_DATE,
                f"there is no day after {date} on which access could end",
                f"write {advice(key)}" if key.required else f"for access without end, remove '{key.name}'",
            )
            return None
        if date is not None:
            return date
        report(node.place, Rule.EXPIRES_DATE, f"'{shown(text)}' is not a date", f"write {advice(key)}")
        return None
    _refuse(node, key, report)
    return None


def _read_number(node: Node, key: Key, report: Report) -> int | None:
    if isinstance(node, Scalar) and node.plain and _NUMBER.fullmatch(node.text):
        return int(node.text)
    _refuse(node, key, report)
    return None


def _read_text_map(node: Node, key: Key, report: Report) -> dict[str, tuple[Text, Text]] | None:
    if not isinstance(node, nodes.Mapping):
        _refuse(node, key, report)
        return None
    texts = {}
    for name, (place, value) in node.entries.items():
        called = f"'{shown(name)}' in '{key.name}'"
        text = _text(value, key, called, report)
        if text is not None and not _is_unfit(name, called, place, report):
            texts[name] = (Text(name, place), Text(text, value.place))
    return texts


def _read_records(node: Node, key: Key, report: Report) -> tuple[Values, ...] | None:
    items = _items(node, key, report)
    if items is None:
        return None
    called = f"an item of '{key.name}'"
    records = (_record(item, key, called, report) for item in items)
    return tuple(record for record in records if record is not None)


def _read_record(node: Node, key: Key, report: Report) -> Values | None:
    return _record(node, key, f"'{key.name}'", report)


def _read_record_map(node: Node, key: Key, report: Report) -> dict[str, Values] | None:
    if not isinstance(node, nodes.Mapping):
        _refuse(node, key, report)
        return None
    records = {}
    for name, (place, value) in node.entries.items():
        called = f"'{shown(name)}' in '{key.name}'"
        record = _record(value, key, called, report)
        if record is not None and not _is_unfit(name, called, place, report):
            records[name] = record.at(place)
    return records


def _record(node: Node, key: Key, called: str, report: Report) -> Values | None:
    """The values of a mapping by the fields of its key; None, with a report, where a required one is not to be read."""
    if not isinstance(node, nodes.Mapping):
        _refuse(node, key, report, called, f"lines of the form '{key.fields[0].name}: …'")
        return None
    fields = {field.name: field for field in key.fields}
    meant = set()
    for name, (place, _) in node.entries.items():
        if name in fields:
            continue
        nearest = nearest_key(name, key.fields)
        if name in key.elsewhere:
            instead = f"it stands {key.elsewhere[name]}"
        elif nearest is None or nearest in node.entries:
            instead = f"the keys of {called} are {', '.join(fields)}"
        else:
            meant.add(nearest)
            instead = f"write '{nearest}'"
        report(place, Rule.KEY_UNKNOWN, f"'{shown(name)}' is not a key of {called}", instead)
    values = read_values(node, fields, report)
    report_missing(values, (field for field in key.fields if field.name not in meant), report)
    return values if all(values.any(field.name) for field in key.fields if field.required) else None


def _read_lines(node: Node, key: Key, report: Report) -> str | None:
    if not isinstance(node, Scalar) or plain_kind(node) != "text" or not node.text.strip():
        _refuse(node, key, report)
        return None
    unfit = _is_unfit(_BREAKS_AND_TABS.sub("", node.text), f"'{key.name}'", node.place, report)
    return None if unfit else node.text


def _read_duration(node: Node, key: Key, report: Report) -> datetime.timedelta | None:
    if not isinstance(node, Scalar) or not node.text:
        _refuse(node, key, report)
        return None
    found = DURATION.fullmatch(node.text)
    if found is None:
        report(node.place, Rule.KEY_VALUE, f"'{shown(node.text)}' is no duration", f"write {advice(key)}")
        return None
    number, unit = found.groups()
    return datetime.timedelta(**{f"{unit}s": int(number)})


_READERS = {
    Type.RECORDS: _read_records,
    Type.RECORD: _read_record,
    Type.RECORD_MAP: _read_record_map,
    Type.LINES: _read_lines,
    Type.DURATION: _read_duration,
    Type.TEXT: _read_text,
    Type.TEXTS: _read_texts,
    Type.TEXT_OR_TEXTS: _read_text_or_texts,
    Type.FLAG: _read_flag,
    Type.DATE: _read_date,
    Type.NUMBER: _read_number,
    Type.TEXT_MAP: _read_text_map,
}


def _text(node: Node, key: Key, called: str, report: Report) -> str | None:
    """The text of a scalar, or None with a report of what stands there instead."""
    if isinstance(node, Scalar) and plain_kind(node) == "text":
        text = node.text
        if not text.strip():
            report(node.place, Rule.KEY_EMPTY, f"{called} is empty", f"write {advice(key)}")
            return None
        if not text.isprintable() and _is_unfit(text, called, node.place, report):
            return None
        if key.max_length is not None and len(text) > key.max_length:
            report(
                node.place,
                Rule.KEY_LENGTH,
                f"{called} has {len(text):,} characters, the most is {key.max_length:,}",
                "shorten it",
            )
            return None
        return text
    if isinstance(node, Scalar) and plain_kind(node) != "nothing":
        report(
            node.place,
            Rule.KEY_TYPE,
            f"{called} wants a text, '{shown(node.text)}' is {plain_kind(node)} in YAML",
            f'put it in quotes: "{shown(node.text)}"',
        )
    else:
        _refuse(node, key, report, called, "a text")
    return None


def _is_unfit(text: str, called: str, place: Place, report: Report) -> bool:
    """Whether a text has a character that would steer the terminal or page that shows it, with a report if so."""
    character = unfit_character(text)
    if character is None:
        return False
    held = "a line break" if character == "\n" else f"the character U+{ord(character):04X}"
    report(place, Rule.KEY_VALUE, f"{called} has {held} in it", "write one line of visible characters")
    return True


def _refuse(node: Node, key: Key, report: Report, called: str | None = None, wanted: str | None = None) -> None:
    called = called or f"'{key.name}'"
    if isinstance(node, nodes.Unreadable):
        return
    if isinstance(node, Scalar):
        kind = plain_kind(node)
        if kind == "nothing":
            hash_sign = ", in quotes if it begins with '#'" if key.type is Type.TEXT and not key.schema else ""
            report(node.place, Rule.KEY_EMPTY, f"{called} has no value", f"write {advice(key)}{hash_sign}")
            return
        held = f"'{shown(node.text)}'"
        if kind != "text" and key.type is not Type.FLAG:
            held += f", {kind}"
        elif not node.plain and key.type in (Type.FLAG, Type.NUMBER):
            held += " in quotes"
    else:
        held = "a list" if isinstance(node, Sequence) else "a mapping"
    report(
        node.place,
        Rule.KEY_TYPE,
        f"{called} wants {wanted or key.type.value}, this is {held}",
        f"write {advice(key, node)}",
    )
