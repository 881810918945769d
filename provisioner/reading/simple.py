"""The shape that almost every file has, read line by line: three times as fast as PyYAML, and to the same nodes.

PyYAML makes an object of every token and two of its place: half a second of 10,000 files, whatever is done with them.
What is not of this shape, to the letter, is left to it: nothing here refuses, and nothing here guesses.
"""

import re
from typing import Final

from provisioner.reading.nodes import Mapping, Scalar, Sequence
from provisioner.reading.problem import START, place_at

# ASCII that can be seen, and spaces. A plain value begins with a letter, a digit, '/' or '_', so it is no sign of
# YAML's; in it no colon is followed by a space, and no '#' follows one. In quotes nothing is escaped.
_LINE: Final = re.compile(
    r"""
    (?: ([a-z_]{1,99}+): | (\ \ -) )
    (?: \ (?: ([A-Za-z0-9/_][!-9;-~]*+ (?: (?: :++ | \ ++(?!\#) ) [!-9;-~]++ )*+)
            | ("[\ !#-\[\]-~]*+" | '[\ -&(-~]*+') ) )?
    (?: \ ++\#[\ -~]*+ )?
    | \#[\ -~]*+
    """,
    re.VERBOSE,
)


def simple_mapping(text: str) -> Mapping | None:
    """The mapping of a text that has nothing but comments, `key: value`, and `key:` with `  - value` lines under it.

    None where it has anything else, is empty, or has a key twice: PyYAML then says what it is.
    """
    mapping = Mapping(START)
    entries = mapping.entries
    listed: Sequence | None = None  # what the next item belongs to
    for number, line in enumerate(text.split("\n"), 1):
        if not line:
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            return None
        key, dash, plain, quoted = found.groups()
        if dash:
            if listed is None:
                return None
            if not listed.items:
                listed.place = place_at(number, 3)
            if plain:
                listed.items.append(Scalar(plain, True, place_at(number, 5)))
            elif quoted:
                listed.items.append(Scalar(quoted[1:-1], False, place_at(number, 5)))
            else:
                return None
        elif key:
            if key in entries or (listed is not None and not listed.items):
                return None
            place = place_at(number, 1)
            if not entries:
                mapping.place = place
            if plain:
                listed = None
                entries[key] = place, Scalar(plain, True, place_at(number, len(key) + 3))
            elif quoted:
                listed = None
                entries[key] = place, Scalar(quoted[1:-1], False, place_at(number, len(key) + 3))
            else:
                listed = Sequence(START)
                entries[key] = place, listed
    return mapping if entries and (listed is None or listed.items) else None
