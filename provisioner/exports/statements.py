"""The queries of an export: found where they stand, in the dataset file or beside it, and parsed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from provisioner.exports.files import Folder
from provisioner.exports.model import Query
from provisioner.exports.query import Fault, Statement, parse_delete, parse_query
from provisioner.reading.document import Report, place_in
from provisioner.reading.keys import Found
from provisioner.reading.printable import shown
from provisioner.reading.problem import Place, Rule

Parse = Callable[[str], Statement | Fault]
SQL = ".sql"
"""What the name of a file ends in; a text that does not is the SQL itself."""


@dataclass(frozen=True, kw_only=True)
class Statements:
    """Reads the statements of one export, each once however many tasks have it."""

    folder: Folder
    report: Report
    read: dict[tuple[str, Place, Parse], Query | None] = field(default_factory=dict)

    def query(self, found: Found[str] | None) -> Query | None:
        """The SELECT that a key says; None, with a report, where it says none."""
        return self._statement(found, parse_query)

    def delete(self, found: Found[str] | None) -> Query | None:
        """The DELETE that a key says; None, with a report, where it says none."""
        return self._statement(found, parse_delete)

    def of_file(self, name: str, place: Place, parse: Parse) -> Query | None:
        """The statement of a file of the folder that is there; `place` is where it is spoken of."""
        text = self.folder.text(name)
        if text is None:
            return None
        parsed = parse(text)
        if isinstance(parsed, Fault):
            at = place_in(text, parsed.offset)
            self.folder.report(name, at, Rule.EXPORT_SQL, parsed.wrong, parsed.instead)
            return None
        return _query(parsed, self.folder.path(name), place)

    def _statement(self, found: Found[str] | None, parse: Parse) -> Query | None:
        if found is None:
            return None
        asked = (found.value, found.place, parse)
        if asked not in self.read:
            named = found.value.strip()
            is_file = named.endswith(SQL) and "\n" not in named
            self.read[asked] = self._named(named, found.place, parse) if is_file else self._inline(found, parse)
        return self.read[asked]

    def _named(self, name: str, place: Place, parse: Parse) -> Query | None:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name:
            wrong = f"'{shown(name)}' leads out of {self.folder.shown}/"
            self.report(place, Rule.EXPORT_FILE, wrong, f"put the file into {self.folder.shown}/ and write its name")
            return None
        if str(path) not in self.folder.files:
            there = sorted(file for file in self.folder.files if file.endswith(SQL))
            instead = f"write one of {', '.join(map(shown, there))}" if there else "add it, or write the SQL here"
            wrong = f"there is no file {self.folder.shown}/{shown(name)}"
            self.report(place, Rule.EXPORT_FILE, wrong, instead)
            return None
        return self.of_file(str(path), place, parse)

    def _inline(self, found: Found[str], parse: Parse) -> Query | None:
        parsed = parse(found.value)
        if isinstance(parsed, Fault):
            line = place_in(found.value, parsed.offset).line
            where = f", in line {line} of the SQL" if "\n" in found.value else ""
            self.report(found.place, Rule.EXPORT_SQL, f"{parsed.wrong}{where}", parsed.instead)
            return None
        return _query(parsed, None, found.place)


def _query(parsed: Statement, file: str | None, place: Place) -> Query:
    return Query(
        text=parsed.text,
        file=file,
        place=place,
        columns=parsed.columns,
        ordered=parsed.ordered,
        parameters=parsed.parameters,
    )
