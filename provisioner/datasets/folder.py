"""The dataset files of a checkout, as bytes: the one place where datasets touch the disk."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from provisioner.datasets.keys import KIND_OF_FOLDER, Kind
from provisioner.reading.document import MAX_FILE_BYTES
from provisioner.reading.printable import printable
from provisioner.reading.problem import START, Problem, Rule, symbolic_link

IGNORED: Final = frozenset({".gitkeep"})
MOST_READ: Final = MAX_FILE_BYTES + 1
"""Of a larger file only so much is read: enough to say that it is too large."""


@dataclass(frozen=True, slots=True)
class DatasetFile:
    """A file and what is in it; `file` is its path as messages show it: printable, and with `/`."""

    file: str
    kind: Kind
    content: bytes

    @property
    def stem(self) -> str:
        """The file's name without folder and ending."""
        return self.file.rpartition("/")[2].removesuffix(".yaml")


def read_folders(root: Path) -> tuple[list[DatasetFile], list[Problem]]:
    """Every dataset file in the two folders of the checkout `root`, and what lies there that should not."""
    return _read(entry for kind in Kind for entry in _entries(str(root / kind.folder), kind.folder, kind))


def read_paths(paths: Iterable[str]) -> tuple[list[DatasetFile], list[Problem]]:
    """The dataset files that the paths name: files, dataset folders, or folders that hold these.

    A file that several of the paths name is read once.

    Raises:
        FileNotFoundError: there is nothing at a path, or a folder that holds no dataset folder.
    """
    entries = {_identity(entry): entry for path in paths for entry in _entries_at(path)}
    return _read(entries.values())


class Entry(NamedTuple):
    """Something that lies where dataset files lie."""

    shown: str
    path: str
    """What it is read by."""
    kind: Kind | None
    is_link: bool
    is_file: bool
    fault: str | None = None
    """Why the operating system refuses it, where that is known already."""


def _identity(entry: Entry) -> tuple[str, str]:
    """Where an entry lies, whatever links lead there, and its own name."""
    path = Path(entry.path).absolute()
    return os.path.realpath(path.parent), path.name


def _entries_at(given: str) -> Iterator[Entry]:
    path = Path(given)
    if path.is_file() or (path.is_symlink() and not path.is_dir()):
        kind = KIND_OF_FOLDER.get(path.absolute().parent.name)
        yield Entry(path.as_posix(), given, kind, path.is_symlink(), path.is_file())
    elif kind := KIND_OF_FOLDER.get(path.absolute().name) or KIND_OF_FOLDER.get(path.resolve().name):
        yield from _entries(str(path), path.as_posix(), kind)
    else:
        folders = [(kind, path / kind.folder) for kind in Kind if os.path.lexists(path / kind.folder)]
        if not folders:
            raise FileNotFoundError(given)
        for kind, folder in folders:
            yield from _entries(str(folder), folder.as_posix(), kind)


def _entries(folder: str, shown: str, kind: Kind) -> Iterator[Entry]:
    """What lies in a folder, sorted by name; the folder itself where it is a symbolic link or cannot be listed.

    A folder that is not there holds nothing.
    """
    if os.path.islink(folder):
        yield Entry(shown, folder, kind, is_link=True, is_file=False)
        return
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    except OSError as error:
        yield Entry(shown, folder, kind, is_link=False, is_file=False, fault=error.strerror)
        return
    for entry in entries:
        if entry.name not in IGNORED:
            yield Entry(f"{shown}/{entry.name}", entry.path, kind, entry.is_symlink(), entry.is_file())


def _read(entries: Iterable[Entry]) -> tuple[list[DatasetFile], list[Problem]]:
    return read_entries(entries, _content)


def _content(path: str) -> bytes:
    # `open` asks the system three things more of each file than are needed here.
    opened = os.open(path, os.O_RDONLY)
    try:
        return os.read(opened, MOST_READ)
    finally:
        os.close(opened)


def read_entries(entries: Iterable[Entry], content: Callable[[str], bytes]) -> tuple[list[DatasetFile], list[Problem]]:
    """The dataset files among the entries, and a problem for each entry that is none.

    Args:
        entries: what lies in the dataset folders.
        content: gives what is in an entry, by its path, and of that `MOST_READ` bytes at most.
    """
    files: list[DatasetFile] = []
    problems: list[Problem] = []
    for entry in entries:
        read = _read_file(entry, content)
        if isinstance(read, Problem):
            problems.append(read)
        else:
            files.append(read)
    return files, problems


def _read_file(entry: Entry, content: Callable[[str], bytes]) -> DatasetFile | Problem:
    stem, _, ending = entry.shown.rpartition("/")[2].rpartition(".")
    if entry.kind is None or not _is_plain_file(entry) or not stem or ending != "yaml":
        return _why_none(entry, stem, ending)
    try:
        return DatasetFile(printable(entry.shown), entry.kind, content(entry.path))
    except OSError as error:
        return Problem(
            entry.shown,
            START,
            Rule.FILE_UNREADABLE,
            f"the file cannot be read: {error.strerror}",
            "check its permissions",
        )


def _is_plain_file(entry: Entry) -> bool:
    return entry.is_file and not entry.is_link and entry.fault is None


def _why_none(entry: Entry, stem: str, ending: str) -> Problem:
    """Why an entry is no dataset file."""

    def problem(rule: Rule, wrong: str, instead: str) -> Problem:
        return Problem(entry.shown, START, rule, wrong, instead)

    if entry.kind is None:
        return problem(
            Rule.FILE_PLACE, "the file lies in neither dataset folder", "move it to push_datasets/ or pull_datasets/"
        )
    if entry.is_link:
        return symbolic_link(entry.shown)
    if entry.fault is not None:
        return problem(Rule.FILE_UNREADABLE, f"the folder cannot be read: {entry.fault}", "see what lies there")
    if not entry.is_file:
        return problem(Rule.FILE_STRAY, "this is not a file", "the dataset folders hold dataset files only; move it")
    if stem and ending.lower() in ("yml", "json", "yaml"):
        return problem(Rule.FILE_EXTENSION, f"the file ends in '.{ending}'", f"rename it to '{stem}.yaml'")
    return problem(Rule.FILE_STRAY, "this is not a dataset file", "move it elsewhere, or delete it")
