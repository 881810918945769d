"""The keys of files: templates that every run, partition and part fills in another way."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from provisioner.exports.draft import ExportDraft, TaskDraft
from provisioner.exports.placeholders import OF_FILE, OF_PART, Holds, Piece, fault_of_format, is_new_each_run, pieces_of
from provisioner.reading.document import Report
from provisioner.reading.keys import Found, nearest_name
from provisioner.reading.printable import shown
from provisioner.reading.problem import Rule

# Amazon S3 User Guide, "Naming Amazon S3 objects": the safe characters, and four that some tools only escape.
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9!_.*'()/ =+@,-]")
MAX_KEY_BYTES: Final = 1_024
"""Amazon S3 User Guide, "Naming Amazon S3 objects": of a key, with the dataset's prefix."""


def check_file_keys(draft: ExportDraft, report: Report) -> None:
    """Each key can be filled, is safe, and is another for every run, partition and part."""
    for task in draft.tasks:
        found = task.any("key")
        if found is None:
            continue
        columns = task.partition_columns
        pieces = read_template(found, OF_FILE, columns, report)
        if pieces is None:
            continue
        check_safe(found, pieces, report)
        _check_runs(task, found, pieces, report)
        _check_partitions(task, found, pieces, report)
        _check_parts(task, found, pieces, report)
        package = task.any("package")
        part = package.value.text("part") if package else None
        if part and (names := read_template(part, OF_PART, columns, report)):
            check_safe(part, names, report)
            if task.says("records_per_part") and not _has(names, "part"):
                wrong = "every part of an archive would have the same name"
                report(part.place, Rule.EXPORT_KEY_TWICE, wrong, "write '{part:03}' into it")


def read_template(
    found: Found[str], known: Mapping[str, Holds], columns: tuple[str, ...] | None, report: Report
) -> tuple[Piece, ...] | None:
    """The pieces of a template; None, with a report, where it asks for what is not there, or not so.

    Args:
        found: the template.
        known: what its placeholders may be.
        columns: those of the partitions too; None where only the database can tell.
        report: takes the problems.
    """
    try:
        pieces = pieces_of(found.value)
    except ValueError as error:
        wrong = f"'{shown(found.value)}' is no template: {shown(str(error).lower())}"
        instead = "write placeholders as '{name}' or '{name:format}', and a brace itself as '{{' or '}}'"
        report(found.place, Rule.EXPORT_PLACEHOLDER, wrong, instead)
        return None
    right = True
    for piece in pieces:
        if piece.name is None:
            continue
        holds = known.get(piece.name)
        if holds is None and (columns is None or piece.name in columns):
            holds = Holds.COLUMN
        if holds is None:
            names = (*known, *(columns or ()))
            near = nearest_name(piece.name, names)
            instead = f"write '{{{near}}}'" if near else f"write one of {', '.join(f'{{{name}}}' for name in names)}"
            report(found.place, Rule.EXPORT_PLACEHOLDER, f"'{{{shown(piece.name)}}}' is no placeholder here", instead)
            right = False
        elif advice := fault_of_format(holds, piece.spec):
            wrong = f"the format of '{{{piece.name}}}', {holds.value}, cannot be '{shown(piece.spec)}'"
            report(found.place, Rule.EXPORT_PLACEHOLDER, wrong, advice)
            right = False
    return pieces if right else None


def check_safe(found: Found[str], pieces: tuple[Piece, ...], report: Report) -> None:
    """A key, or the name of a part, can be a path: in a bucket, in a folder and in an archive."""
    said = "".join(f"{piece.before}{_fixed(piece)}" for piece in pieces)
    steps = said.split("/")
    if said.startswith("/") or said.endswith("/") or "" in steps:
        wrong = "it begins or ends with '/', or has two of them side by side"
    elif not {".", ".."}.isdisjoint(steps):
        wrong = "it leads out of its folder, or to it, by '.' or '..'"
    elif unsafe := _UNSAFE.search("".join(piece.before for piece in pieces) + _times(pieces)):
        wrong = f"the character '{shown(unsafe[0])}' is not safe in the key of an S3 object"
    elif len(said) > MAX_KEY_BYTES // 2:
        wrong = f"it leaves no room for what its placeholders hold: an S3 key has {MAX_KEY_BYTES:,} bytes at most"
    else:
        return
    instead = "write a path such as 'data/name-1.csv': letters, digits, and !_.*'()=+@,- with single slashes between"
    report(found.place, Rule.EXPORT_KEY, f"'{shown(found.value)}' cannot be the name of a file: {wrong}", instead)


def _fixed(piece: Piece) -> str:
    return "" if piece.name is None else "x"


def _times(pieces: tuple[Piece, ...]) -> str:
    """What stands in the formats of times besides their directives."""
    return "".join(re.sub("%.", "", piece.spec) for piece in pieces if piece.name == "time")


def _has(pieces: tuple[Piece, ...], name: str) -> bool:
    return any(piece.name == name for piece in pieces)


def _check_runs(task: TaskDraft, found: Found[str], pieces: tuple[Piece, ...], report: Report) -> None:
    publish = task.any("publish")
    if (publish is None or publish.value == "once") and not is_new_each_run(pieces):
        report(
            found.place,
            Rule.EXPORT_KEY_TWICE,
            f"two runs could give '{shown(found.value)}' the same text, and no file is overwritten",
            "write '{base:04}' and '{increment:04}' into it, or the time to the second, or the day and '{run}'; "
            "or write 'publish: replace'",
        )


def _check_partitions(task: TaskDraft, found: Found[str], pieces: tuple[Piece, ...], report: Report) -> None:
    if task.partitions is None:
        return
    columns = task.partitions.columns
    if columns is not None:
        wanted = columns[0]
        is_missing = not _has(pieces, wanted)
    else:
        wanted = "the first column of the partitions"
        is_missing = all(piece.name is None or piece.name in OF_FILE for piece in pieces)
    if is_missing:
        wrong = f"two partitions of the task '{shown(task.name)}' would have the same key"
        report(found.place, Rule.EXPORT_KEY_TWICE, wrong, f"write '{{{shown(wanted)}}}' into it")
    for before, piece in pairwise(pieces):
        both = (before.name, piece.name)
        if not piece.before and all(name is not None and name not in OF_FILE for name in both):
            wrong = f"'{{{both[0]}}}' and '{{{both[1]}}}' stand side by side: 1 and 11 would be as 11 and 1 are"
            report(found.place, Rule.EXPORT_KEY_TWICE, wrong, "write something between them, such as '_'")


def _check_parts(task: TaskDraft, found: Found[str], pieces: tuple[Piece, ...], report: Report) -> None:
    has_part, in_package = _has(pieces, "part"), task.says("package")
    if in_package and has_part:
        wrong = "an archive is one file, and holds all parts"
        report(found.place, Rule.EXPORT_PLACEHOLDER, wrong, "write '{part}' into the name of a part in 'package'")
    elif not in_package and task.says("records_per_part") and not has_part:
        wrong = f"every part of a file of the task '{shown(task.name)}' would have the same key"
        report(found.place, Rule.EXPORT_KEY_TWICE, wrong, "write '{part:03}' into it, or add 'package'")
