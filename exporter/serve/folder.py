"""The folder of tasks, as it is now: a folder each, with select.sql and delete.sql. A broken one hides no other."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provisioner.exports.files import MAX_SQL_BYTES
from provisioner.exports.model import Query
from provisioner.exports.query import Fault, Statement, parse_delete, parse_query
from provisioner.reading.document import place_in
from provisioner.reading.printable import shown
from provisioner.reading.problem import START

SELECT: Final = "select.sql"
DELETE: Final = "delete.sql"
PARAMETERS: Final = ("run_at",)
"""What a task's statements may ask for: it has no partitions."""
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
"""A task's name begins its files' names and stands in URLs."""


@dataclass(frozen=True, kw_only=True)
class FolderTask:
    """A task whose files are in order."""

    name: str
    select_text: str
    """What select.sql holds."""
    delete_text: str
    """What delete.sql holds."""
    select: Query
    delete: Query


@dataclass(frozen=True, kw_only=True)
class Folder:
    """What a folder of tasks holds."""

    tasks: Mapping[str, FolderTask]
    """Those that can be exported, by name and in its order."""
    broken: Mapping[str, str]
    """What is wrong with each of the others."""

    @property
    def words(self) -> str:
        """What is wrong with the broken tasks, one after another; empty where none is."""
        return "\n".join(self.broken.values())


class FolderError(Exception):
    """There is no folder of tasks that can be read; the text says why."""


class _TaskError(Exception):
    """A task is broken; the text says where, why, and what to do."""


def read_folder(path: Path) -> Folder:
    """What the folder holds. Files beside the tasks' folders, and folders whose name begins with a dot, are no tasks.

    Raises:
        FolderError: there is no such folder, or it cannot be listed.
    """
    try:
        # A volume of Kubernetes shows its files as symbolic links, through a folder `..data`.
        folders = sorted(each for each in path.iterdir() if each.is_dir() and not each.name.startswith("."))
    except OSError as error:
        raise FolderError(f"{path}: the folder of tasks cannot be read: {error.strerror}; look at DSL_PATH") from error
    tasks: dict[str, FolderTask] = {}
    broken: dict[str, str] = {}
    for folder in folders:
        try:
            tasks[folder.name] = _task(folder)
        except _TaskError as error:
            broken[folder.name] = str(error)
    return Folder(tasks=tasks, broken=broken)


def _task(folder: Path) -> FolderTask:
    if not _NAME.fullmatch(folder.name):
        raise _TaskError(
            f"{shown(folder.name)}: no name for a task, because it begins the names of files; rename the folder to "
            "letters, digits, '_', '-' and '.', 100 of them at most"
        )
    select_text, delete_text = (_text(folder / name) for name in (SELECT, DELETE))
    return FolderTask(
        name=folder.name,
        select_text=select_text,
        delete_text=delete_text,
        select=_query(select_text, parse_query, f"{folder.name}/{SELECT}"),
        delete=_query(delete_text, parse_delete, f"{folder.name}/{DELETE}"),
    )


def _query(text: str, parse: Callable[[str], Statement | Fault], file: str) -> Query:
    parsed = parse(text)
    if isinstance(parsed, Fault):
        line, column = place_in(text, parsed.offset)
        raise _TaskError(f"{file}:{line}:{column}: {parsed.wrong}; {parsed.instead}")
    unknown = [name for name in parsed.parameters if name not in PARAMETERS]
    if unknown:
        raise _TaskError(f"{file}: there is no value for ':{unknown[0]}'; a task's query may ask for :{PARAMETERS[0]}")
    return Query(
        text=parsed.text,
        file=file,
        place=START,
        columns=parsed.columns,
        ordered=parsed.ordered,
        parameters=parsed.parameters,
    )


def _text(path: Path) -> str:
    where = f"{path.parent.name}/{path.name}"
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SQL_BYTES + 1)
        text = data.decode("utf-8")
    except FileNotFoundError as error:
        raise _TaskError(f"{where}: there is no such file; a task has {SELECT} and {DELETE}") from error
    except OSError as error:
        raise _TaskError(f"{where}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _TaskError(f"{where}: byte {error.start + 1} is not UTF-8; save the file as UTF-8") from error
    if len(data) > MAX_SQL_BYTES:
        raise _TaskError(f"{where}: larger than {MAX_SQL_BYTES:,} bytes, which no query is")
    return text
