"""The dataset files of a checkout, as bytes: the one place where datasets touch the disk."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from provisioner.datasets.keys import KIND_OF_FOLDER, Kind
from provisioner.exports.files import FileBeside
from provisioner.reading.document import MAX_FILE_BYTES
from provisioner.reading.printable import printable
from provisioner.reading.problem import START, Problem, Rule, symbolic_link

IGNORED: Final = frozenset({".gitkeep"})
MOST_READ: Final = MAX_FILE_BYTES + 1
"""Of a larger file only so much is read: enough to say that it is too large."""
ENDING: Final = ".yaml"
"""Of a dataset file; the folder beside it has the same name without."""
MOST_LEVELS: Final = 3
"""Ours: folders within folders that are looked into. An export's tasks need two."""
MOST_BESIDE: Final = 200
"""Ours: files of the folder beside a dataset file."""


@dataclass(frozen=True, slots=True)
class DatasetFile:
    """A file and what is in it; `file` is its path as messages show it: printable, and with `/`."""

    file: str
    kind: Kind
    content: bytes
    beside: tuple[FileBeside, ...] = ()
    """The files of the folder beside it that is named as it is."""

    @property
    def stem(self) -> str:
        """The file's name without folder and ending."""
        return self.file.rpartition("/")[2].removesuffix(ENDING)

    @property
    def folder(self) -> str:
        """The folder beside it, which is there only if it has files."""
        return self.file.removesuffix(ENDING)


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


def read_named(root: Path, name: str) -> tuple[list[DatasetFile], list[Problem]]:
    """The files of the push and the pull dataset `name` of the checkout `root`, if there are such."""
    paths = (root / kind.file_of(name) for kind in Kind)
    # A name that is a path would lead to a file of another folder.
    return read_paths(str(path) for path in paths if "/" not in name and os.path.lexists(path))


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
    inside: tuple["Entry", ...] | None = None
    """Of a folder, all that lies in it at whatever depth; None of what is no folder, or is a link."""


def _identity(entry: Entry) -> tuple[str, str]:
    """Where an entry lies, whatever links lead there, and its own name."""
    path = Path(entry.path).absolute()
    return os.path.realpath(path.parent), path.name


def _entries_at(given: str) -> Iterator[Entry]:
    path = Path(given)
    if path.is_file() or (path.is_symlink() and not path.is_dir()):
        kind = KIND_OF_FOLDER.get(path.absolute().parent.name)
        yield Entry(path.as_posix(), given, kind, path.is_symlink(), path.is_file())
        beside = path.with_suffix("")
        if path.suffix == ENDING and beside.is_dir() and not beside.is_symlink():
            yield _folder(str(beside), beside.as_posix(), kind, MOST_LEVELS)
    elif kind := KIND_OF_FOLDER.get(path.absolute().name) or KIND_OF_FOLDER.get(path.resolve().name):
        yield from _entries(str(path), path.as_posix(), kind)
    else:
        folders = [(kind, path / kind.folder) for kind in Kind if os.path.lexists(path / kind.folder)]
        if not folders:
            raise FileNotFoundError(given)
        for kind, folder in folders:
            yield from _entries(str(folder), folder.as_posix(), kind)


def _entries(folder: str, shown: str, kind: Kind | None, levels: int = MOST_LEVELS) -> Iterator[Entry]:
    """What lies in a folder, sorted by name; the folder itself where it is a symbolic link or cannot be listed.

    A folder that is not there holds nothing. Folders within it are looked into, `levels` deep.
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
        if entry.name in IGNORED:
            continue
        is_link, is_file = entry.is_symlink(), entry.is_file()
        if levels and not is_file and not is_link and entry.is_dir():
            yield _folder(entry.path, f"{shown}/{entry.name}", kind, levels)
        else:
            yield Entry(f"{shown}/{entry.name}", entry.path, kind, is_link, is_file)


def _folder(path: str, shown: str, kind: Kind | None, levels: int) -> Entry:
    found = _entries(path, shown, kind, levels - 1)
    within = (inner for entry in found for inner in ((entry,) if entry.inside is None else entry.inside))
    return Entry(shown, path, kind, is_link=False, is_file=False, inside=tuple(islice(within, MOST_BESIDE + 1)))


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
    found = [*entries]
    folders = {entry.shown: entry for entry in found if entry.inside is not None}
    beside = {entry.shown: folders.get(entry.shown.removesuffix(ENDING)) for entry in found} if folders else {}
    used = {folder.shown for name, folder in beside.items() if folder is not None and name != folder.shown}
    for entry in found:
        if entry.shown in used:
            continue
        folder = beside.get(entry.shown)
        read = _read_file(entry, content, () if folder is None else tuple(_beside(folder, content, problems)))
        if isinstance(read, Problem):
            problems.append(read)
        else:
            files.append(read)
    return files, problems


def _beside(folder: Entry, content: Callable[[str], bytes], problems: list[Problem]) -> Iterator[FileBeside]:
    """The files of the folder beside a dataset file; whatever else lies there is a problem."""
    inside = folder.inside or ()
    if len(inside) > MOST_BESIDE:
        wrong = f"the folder holds more than {MOST_BESIDE} files"
        problems.append(Problem(folder.shown, START, Rule.FILE_STRAY, wrong, "split the dataset into several"))
        return
    for entry in inside:
        name = printable(entry.shown).removeprefix(f"{printable(folder.shown)}/")
        said: bytes | None = None
        if not _is_plain_file(entry):
            problems.append(_why_none(entry, "", ""))
        else:
            try:
                said = content(entry.path)
            except OSError as error:
                problems.append(_unreadable(entry, error))
        yield FileBeside(name, said)


def _read_file(entry: Entry, content: Callable[[str], bytes], beside: tuple[FileBeside, ...]) -> DatasetFile | Problem:
    stem, _, ending = entry.shown.rpartition("/")[2].rpartition(".")
    if entry.kind is None or not _is_plain_file(entry) or not stem or ending != "yaml":
        return _why_none(entry, stem, ending)
    try:
        return DatasetFile(printable(entry.shown), entry.kind, content(entry.path), beside)
    except OSError as error:
        return _unreadable(entry, error)


def _unreadable(entry: Entry, error: OSError) -> Problem:
    wrong = f"the file cannot be read: {error.strerror}"
    return Problem(entry.shown, START, Rule.FILE_UNREADABLE, wrong, "check its permissions")


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
