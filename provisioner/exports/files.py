"""The files of the folder beside a dataset file, which is named as it is: where the SQL of an export stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from provisioner.reading.document import Report, place_in
from provisioner.reading.problem import START, Place, Rule

MAX_SQL_BYTES: Final = 64 * 1024
"""Ours, as of a dataset file: whoever reviews a query reads it whole."""


class FileBeside(NamedTuple):
    """A file of the folder beside a dataset file."""

    name: str
    """Its path inside the folder, with `/`."""
    content: bytes | None
    """Of a file that is too large only the beginning; None where it cannot be read, and a problem says so already."""


@dataclass(frozen=True, kw_only=True)
class Folder:
    """The folder beside a dataset file, and what of it was asked for."""

    shown: str
    """Its path from the checkout's root."""
    files: Mapping[str, bytes | None]
    """By their paths inside it, as in `FileBeside`."""
    report_in: Callable[[str], Report]
    """Gives what takes the problems of a file."""
    used: set[str] = field(default_factory=set)
    """The files that the export speaks of."""

    def text(self, name: str) -> str | None:
        """The text of a file of the folder; None, with a report in that file, where it is none."""
        self.used.add(name)
        content = self.files[name]
        if content is None:
            return None
        if len(content) > MAX_SQL_BYTES:
            self.report(name, START, Rule.FILE_SIZE, f"the file has more than {MAX_SQL_BYTES:,} bytes", "shorten it")
            return None
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            readable = content[: error.start].decode("utf-8", errors="replace")
            wrong = f"byte 0x{content[error.start]:02x} is not UTF-8"
            self.report(name, place_in(readable, len(readable)), Rule.FILE_ENCODING, wrong, "save the file as UTF-8")
            return None

    def path(self, name: str) -> str:
        """The path of a file of the folder, from the checkout's root."""
        return f"{self.shown}/{name}"

    def report(self, name: str, place: Place, rule: Rule, wrong: str, instead: str) -> None:
        """Report what is wrong in a file of the folder."""
        self.report_in(self.path(name))(place, rule, wrong, instead)
