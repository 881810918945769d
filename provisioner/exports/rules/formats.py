"""The options of formats: each belongs to some, and XML has names of its own."""

import re
from collections.abc import Iterator
from typing import Any, Final

from provisioner.exports.draft import ExportDraft, TaskDraft
from provisioner.reading.document import Report
from provisioner.reading.keys import Found
from provisioner.reading.printable import shown
from provisioner.reading.problem import Place, Rule

_OPTIONS: Final = {
    "root": ("xml",),
    "record": ("xml",),
    "quote": ("csv", "csv.gz"),
    "line_end": ("csv", "csv.gz"),
    "compression": ("parquet", "orc"),
    "package": ("csv", "xml"),
}
"""The formats that an option is of. What is compressed already gains nothing from a package."""
_XML_NAME: Final = re.compile(r"(?![Xx][Mm][Ll])[A-Za-z_][A-Za-z0-9_.-]*")
"""Extensible Markup Language 1.0, "Names"; without colons, which are of namespaces, and in ASCII, as all can read."""


def check_formats(draft: ExportDraft, report: Report) -> None:
    """An option is of the format, what is to be an XML element can be one, and the manifest of a package is whole.

    What stands for all tasks is an option of those whose format has it. So another format is one word in a file, and
    its options may stay for the day when it is changed back.
    """
    for option, of in _OPTIONS.items():
        for task in draft.tasks:
            own = task.own.any(option) if task.own is not None else None
            if own and task.format not in of:
                _refuse(option, own.place, of, report)
    for task in draft.tasks:
        if task.format == "xml":
            for name, place in _elements(task):
                _check_element(name, place, report)
        if package := task.any("package"):
            _check_package(package, report)


def _refuse(option: str, place: Place, of: tuple[str, ...], report: Report) -> None:
    wrong = f"'{option}' is an option of {' and '.join(of)}"
    report(place, Rule.EXPORT_FORMAT, wrong, f"remove it, or write 'format: {of[0]}'")


def _elements(task: TaskDraft) -> Iterator[tuple[str, Place]]:
    for key in ("root", "record"):
        if found := task.any(key):
            yield found.value, found.place
    fields = found.value if (found := task.any("fields")) else {}
    renamed = {name: said for name, values in fields.items() if (said := values.text("name"))}
    yield from ((said.value, said.place) for said in renamed.values())
    if task.query is not None:
        yield from ((name, task.query.place) for name in task.query.columns or () if name not in renamed)


def _check_element(name: str, place: Place, report: Report) -> None:
    if not _XML_NAME.fullmatch(name):
        wrong = f"'{shown(name)}' cannot be the name of an XML element"
        report(place, Rule.EXPORT_FORMAT, wrong, "write letters, digits, underscores, hyphens and dots")


def _check_package(package: Found[Any], report: Report) -> None:
    manifest, count = package.value.text("manifest"), package.value.text("count")
    if (manifest is None) != (count is None):
        wrong = "the package has a manifest and nothing says where in it the count stands"
        if manifest is None:
            wrong = "the package has a count and no manifest for it to stand in"
        other = "manifest" if manifest is None else "count"
        report((manifest or count or package).place, Rule.EXPORT_FORMAT, wrong, f"add '{other}'")
    if count is not None:
        for element in count.value.split("/"):
            _check_element(element, count.place, report)
