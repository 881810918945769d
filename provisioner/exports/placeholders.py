"""What may stand in the braces of a template, and where two templates could give the same text."""

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from provisioner.exports.template import Template


class Holds(StrEnum):
    """What a placeholder's value is, in the words of a message."""

    TEXT = "a text"
    NUMBER = "a number"
    TIME = "a time"
    COLUMN = "a partition's column"


OF_FILE: Final[Mapping[str, Holds]] = {
    "task": Holds.TEXT,
    "format": Holds.TEXT,
    "time": Holds.TIME,
    "run": Holds.NUMBER,
    "base": Holds.NUMBER,
    "increment": Holds.NUMBER,
    "part": Holds.NUMBER,
}
"""Placeholders of a file's key; the columns of the partitions come to them."""
OF_PART: Final[Mapping[str, Holds]] = {**OF_FILE, "stem": Holds.TEXT}
"""Placeholders of the name of a part in an archive."""
OF_MANIFEST: Final[Mapping[str, Holds]] = {"time": Holds.TIME, "run": Holds.NUMBER}
"""Placeholders of a manifest's key."""
OF_MANIFEST_ROW: Final[Mapping[str, Holds]] = {
    "stem": Holds.TEXT,
    "file": Holds.TEXT,
    "key": Holds.TEXT,
    "records": Holds.NUMBER,
    "bytes": Holds.NUMBER,
    "sha256": Holds.TEXT,
    "task": Holds.TEXT,
    "time": Holds.TIME,
}
"""Placeholders of what stands in a row of a manifest."""

# Python documentation, "strftime() and strptime() Format Codes": those that every platform knows and no locale changes
# in length without end.
_DIRECTIVES: Final = "aAbBdmyYHIMSpjzZfUWVGu%"
_DIRECTIVE: Final = re.compile("%(.?)")
_PADDING: Final = re.compile("(0?[1-9][0-9]?)?")
_OF_DAY: Final = ({"Y", "m", "d"}, {"Y", "j"}, {"Y", "b", "d"}, {"Y", "B", "d"})
_OF_SECOND: Final = ({"H", "M", "S"}, {"I", "p", "M", "S"})


class Piece(NamedTuple):
    """A placeholder of a template, and the text before it; the last has no name."""

    before: str
    name: str | None
    spec: str


def pieces_of(text: str) -> tuple[Piece, ...]:
    """The pieces of a template.

    Raises:
        ValueError: a brace stands alone, or a placeholder is not a plain name.
    """
    tuple(Template(text).pieces())
    return tuple(Piece(before, name, spec or "") for before, name, spec, _ in string.Formatter().parse(text))


def fault_of_format(holds: Holds, spec: str) -> str | None:
    """What is wrong with the format of a placeholder, as advice; None where nothing is."""
    if holds is Holds.TEXT:
        return None if not spec else "write it without a format"
    if holds is not Holds.TIME:
        return None if _PADDING.fullmatch(spec) else "write a width such as ':04', or no format"
    directives = _DIRECTIVE.findall(spec)
    if not directives:
        return "write a format of Python's strftime, such as ':%Y_%m_%d'"
    if unknown := [letter for letter in directives if not letter or letter not in _DIRECTIVES]:
        return f"'%{unknown[0]}' means nothing everywhere; write one of %{' %'.join(_DIRECTIVES)}"
    return None


def is_new_each_run(pieces: tuple[Piece, ...]) -> bool:
    """Whether no two runs of an export can give the same text, by what is in it of the run."""
    names = {piece.name for piece in pieces}
    if {"base", "increment"} <= names:
        return True
    said = {letter for piece in pieces if piece.name == "time" for letter in _DIRECTIVE.findall(piece.spec)}
    has_day = any(day <= said for day in _OF_DAY)
    return has_day and ("run" in names or any(second <= said for second in _OF_SECOND))


@dataclass(frozen=True)
class _Any:
    """A character that is not known before the run, or any number of them."""

    digits: bool
    repeated: bool


Pattern = tuple[str | _Any, ...]
"""What a template can give: characters that are known, and those that are not."""


def pattern_of(pieces: tuple[Piece, ...], known: Mapping[str, str], holds: Mapping[str, Holds]) -> Pattern:
    """What a template can give, with the values in their places that are known before the run.

    Args:
        pieces: of the template.
        known: values by placeholder.
        holds: what the others are; a column is whatever it is.
    """
    return tuple(item for piece in pieces for item in (*piece.before, *_items(piece, known, holds)))


def _items(piece: Piece, known: Mapping[str, str], holds: Mapping[str, Holds]) -> Iterator[str | _Any]:
    if piece.name is None:
        return
    if piece.name in known:
        yield from known[piece.name]
    elif holds.get(piece.name) is Holds.TIME:
        at = 0
        for found in _DIRECTIVE.finditer(piece.spec):
            yield from piece.spec[at : found.start()]
            yield from _some(digits=found[1] in "dmyYHIMSjfUWVGu")
            at = found.end()
        yield from piece.spec[at:]
    else:
        yield from _some(digits=holds.get(piece.name) is Holds.NUMBER)


def _some(*, digits: bool) -> Iterator[_Any]:
    yield _Any(digits, repeated=False)
    yield _Any(digits, repeated=True)


def could_be_equal(one: Pattern, other: Pattern) -> bool:
    """Whether two templates can give the same text."""
    seen = {(0, 0)}
    left = [(0, 0)]
    while left:
        i, j = left.pop()
        if i == len(one) and j == len(other):
            return True
        for state in _next(one, other, i, j):
            if state not in seen:
                seen.add(state)
                left.append(state)
    return False


def _next(one: Pattern, other: Pattern, i: int, j: int) -> Iterator[tuple[int, int]]:
    """How far two patterns may have come after one character more, or after what is repeated has ended."""
    a = one[i] if i < len(one) else None
    b = other[j] if j < len(other) else None
    if isinstance(a, _Any) and a.repeated:
        yield i + 1, j
    if isinstance(b, _Any) and b.repeated:
        yield i, j + 1
    if a is not None and b is not None and _overlap(a, b):
        yield i + (not (isinstance(a, _Any) and a.repeated)), j + (not (isinstance(b, _Any) and b.repeated))


def _overlap(a: str | _Any, b: str | _Any) -> bool:
    if isinstance(a, _Any) and isinstance(b, _Any):
        return True
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    character, some = (a, b) if isinstance(a, str) else (b, a)
    assert isinstance(character, str)  # noqa: S101 - one of the two is
    assert isinstance(some, _Any)  # noqa: S101 - and the other is not
    return character in string.digits if some.digits else character != "/"
