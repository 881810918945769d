"""States of a checkout, read from git or from a folder. Nothing is fetched and nothing is written."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from provisioner.changes.state import APPROVALS_FILE, Content, State
from provisioner.datasets.folder import IGNORED, MOST_READ, Entry, read_entries, read_folders
from provisioner.datasets.keys import Kind
from provisioner.failure import CommandError, UsageError
from provisioner.reading.document import START
from provisioner.reading.problem import Problem, Rule
from provisioner.settings import settings_file

WORKTREE: Final = "worktree"
"""The word for the checkout as it lies on the disk, committed or not."""

# git-fast-import(1): the modes that git knows.
_FILE_MODES: Final = ("100644", "100755")
_LINK_MODE: Final = "120000"
_FOLDER_MODE: Final = "040000"


class Revisions:
    """The states of one checkout."""

    def __init__(self, root: Path) -> None:
        """The checkout is at `root`, which may be a folder of a larger git repository."""
        self._root = root
        self._contents: dict[str, bytes] = {}

    def state(self, name: str, stack: str) -> State:
        """The state that `name` means: the word `worktree`, a git revision, or a folder.

        Raises:
            UsageError: it is none of these.
            CommandError: git cannot say what is in it.
        """
        if name == WORKTREE:
            return _folder_state(self._root, stack)
        asked = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if asked.returncode == 0:
            return self._git_state(asked.stdout.decode().strip(), stack)
        folder = Path(name)
        if folder.is_dir():
            return _folder_state(folder, stack)
        reason = f" (git: {_first_line(asked.stderr)})" if asked.stderr else ""
        raise UsageError(
            f"'{name}' is neither a git revision here nor a folder{reason}; what is not in this clone must be fetched "
            "first: git fetch origin"
        )

    def _git_state(self, commit: str, stack: str) -> State:
        names = (settings_file(stack), APPROVALS_FILE)
        top = {item.name: item for item in self._listed(f"{commit}:./")}
        entries: list[Entry] = []
        for kind in Kind:
            folder = top.get(kind.folder)
            if folder is None:
                continue
            if folder.mode == _FOLDER_MODE:
                items = sorted(self._listed(folder.blob), key=lambda item: item.name)
                entries += [item.entry(kind) for item in items if item.name not in IGNORED]
            else:
                entries.append(folder.entry(kind, within=False))
        plain = [top[name] for name in names if name in top and top[name].mode in _FILE_MODES]
        self._fetch_contents({*(entry.path for entry in entries if entry.is_file), *(item.blob for item in plain)})
        files, found = read_entries(entries, self._contents.__getitem__)
        settings, approvals = (self._content(top[name]) if name in top else None for name in names)
        return State(files=tuple(files), found=tuple(found), settings=settings, approvals=approvals)

    def _content(self, item: "_Item") -> Content:
        return self._contents[item.blob] if item.mode in _FILE_MODES else _not_a_file(item.name)

    def _listed(self, tree: str) -> list["_Item"]:
        """What a tree of git holds, one level deep."""
        lines = self._ask("ls-tree", "-z", "--end-of-options", tree).split(b"\0")
        return [_Item.of(line) for line in lines if line]

    def _fetch_contents(self, blobs: Iterable[str]) -> None:
        """Read what is not read yet, in one process for all."""
        wanted = sorted({*blobs} - self._contents.keys())
        if not wanted:
            return
        output = memoryview(self._ask("cat-file", "--batch", given="\n".join(wanted)))
        at = 0
        for blob in wanted:
            end = bytes(output[at : at + 200]).index(b"\n")
            header = bytes(output[at : at + end]).split()
            if header[1:2] != [b"blob"]:
                raise CommandError(f"git has no content for {blob}: run git fsck, or fetch the history whole")
            begin, size = at + end + 1, int(header[2])
            self._contents[blob] = bytes(output[begin : begin + min(size, MOST_READ)])
            at = begin + size + 1

    def _ask(self, *arguments: str, given: str = "") -> bytes:
        done = self._git(*arguments, given=given)
        if done.returncode:
            raise CommandError(f"git {arguments[0]}: {_first_line(done.stderr)}")
        return done.stdout

    def _git(self, *arguments: str, given: str = "") -> "subprocess.CompletedProcess[bytes]":
        environment = {
            **os.environ,
            "LC_ALL": "C",
            "GIT_NO_LAZY_FETCH": "1",  # a partial clone would ask its server for what it lacks
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
        }
        try:
            return subprocess.run(  # noqa: S603 - git itself, and what is given is never taken for an option
                ["git", *arguments],  # noqa: S607 - the git that the user has
                cwd=self._root,
                env=environment,
                input=given.encode(),
                capture_output=True,
                check=False,
            )
        except FileNotFoundError as error:
            raise CommandError("git is not installed: compare two folders instead, or install git") from error


class _Item(NamedTuple):
    """One line of a tree of git."""

    mode: str
    blob: str
    name: str

    @classmethod
    def of(cls, line: bytes) -> "_Item":
        about, _, name = line.partition(b"\t")
        mode, _, blob = about.decode().split()
        return cls(mode, blob, os.fsdecode(name))

    def entry(self, kind: Kind, *, within: bool = True) -> Entry:
        """As `read_entries` takes it; `within` a dataset folder, or in place of it."""
        shown = f"{kind.folder}/{self.name}" if within else self.name
        return Entry(shown, self.blob, kind, self.mode == _LINK_MODE, within and self.mode in _FILE_MODES)


def _folder_state(root: Path, stack: str) -> State:
    files, found = read_folders(root)
    settings, approvals = (_plain_file(root / name) for name in (settings_file(stack), APPROVALS_FILE))
    return State(files=tuple(files), found=tuple(found), settings=settings, approvals=approvals)


def _plain_file(path: Path) -> Content:
    """What is in a file of the disk. A link is not followed: it may lead out of the checkout."""
    if path.is_symlink():
        return _not_a_file(path.name)
    try:
        with path.open("rb") as opened:
            return opened.read(MOST_READ)
    except FileNotFoundError:
        return None


def _not_a_file(name: str) -> Problem:
    return Problem(name, START, Rule.FILE_SYMLINK, "this is not a plain file", "put what it leads to in its place")


def _first_line(said: bytes) -> str:
    return said.decode(errors="replace").strip().partition("\n")[0] or "no reason given"
