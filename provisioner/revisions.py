"""States of a checkout, read from git or from a folder. Nothing is fetched and nothing is written."""

import errno
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Final, NamedTuple

from provisioner.changes.state import APPROVALS_FILE, Content, State
from provisioner.datasets.folder import IGNORED, MOST_BESIDE, MOST_LEVELS, MOST_READ, Entry, read_entries, read_folders
from provisioner.datasets.keys import Kind
from provisioner.failure import UnavailableError, UsageError
from provisioner.reading.printable import printable
from provisioner.reading.problem import START, Problem, Rule, symbolic_link
from provisioner.settings import settings_file

WORKTREE: Final = "worktree"
"""The word for the checkout as it lies on the disk, committed or not."""

# Git's documentation, "git-fast-import", `filemodify`: what may stand in a tree. Old trees have 100664 too.
_FILE_MODE: Final = re.compile("100[0-7]{3}")
_LINK_MODE: Final = "120000"
_FOLDER_MODE: Final = "040000"

_WHERE_IT_IS: Final = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_PREFIX"})
"""What git tells its hooks of a repository: to be forgotten, where the checkout lies says which one is meant."""
_CHUNK: Final = 1 << 20
"""Bytes at a time of what nobody wants to keep."""


class Revisions:
    """The states of one checkout."""

    def __init__(self, root: Path) -> None:
        """The checkout is at `root`, which may be a folder of a larger git repository."""
        self._root = root
        self._contents: dict[str, bytes] = {}

    def state(self, name: str, stack: str) -> State:
        """The state that `name` means: the word `worktree`, a git revision, or else a folder.

        Raises:
            UsageError: it is none of these, or there is no git to ask for a revision.
            UnavailableError: git does not give what is in it.
        """
        if name == WORKTREE:
            return _folder_state(self._root, stack)
        try:
            commit = self._commit(name)
        except UsageError:
            if name and Path(name).is_dir():
                return _folder_state(Path(name), stack)
            raise
        return self._git_state(commit, stack)

    def _commit(self, name: str) -> str:
        """The full hash of the commit that a revision means.

        Raises:
            UsageError: it means none here, or git cannot be asked.
        """
        asked = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        hashed = asked.stdout.decode(errors="replace").strip()
        if asked.returncode == 0 and hashed.isalnum():  # ^main is a revision to git, but means what is not in main
            return hashed
        what = printable(f"'{name}' is no folder, and ")
        if asked.returncode > 1:  # not that there is none, but that it is not to be known
            raise UsageError(f"{what}git cannot look for a revision of that name: {_said(asked.stderr)}")
        raise UsageError(
            f"{what}no revision that is in this clone: see how it is spelt, or fetch it first with git fetch "
            "(a shallow clone has not even its own history: git fetch --unshallow)"
        )

    def _git_state(self, commit: str, stack: str) -> State:
        tree = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}:./")
        # A checkout that is a folder of a larger repository need not have been there always.
        top = {item.name: item for item in self._listed(tree.stdout.decode().strip())} if tree.stdout else {}
        entries: list[Entry] = []
        for kind in Kind:
            folder = top.get(kind.folder)
            if folder is None:
                continue
            if folder.mode == _FOLDER_MODE:
                items = sorted(self._listed(folder.blob), key=lambda item: item.name)
                entries += [self._entry(item, kind) for item in items if item.name not in IGNORED]
            else:
                entries.append(folder.entry(kind, within=False))
        names = (settings_file(stack), APPROVALS_FILE)
        plain = [top[name] for name in names if name in top and top[name].is_file]
        every = [inner for entry in entries for inner in (entry, *(entry.inside or ()))]
        self._read_contents({*(entry.path for entry in every if entry.is_file), *(item.blob for item in plain)})
        files, found = read_entries(entries, self._contents.__getitem__)
        settings, approvals = (self._content(top[name]) if name in top else None for name in names)
        return State(files=tuple(files), found=tuple(found), settings=settings, approvals=approvals)

    def _entry(self, item: "_Item", kind: Kind) -> Entry:
        """An item of a dataset folder as `read_entries` takes it."""
        entry = item.entry(kind)
        if item.mode != _FOLDER_MODE:
            return entry
        return entry._replace(inside=tuple(islice(self._inside(item.blob, entry.shown, kind), MOST_BESIDE + 1)))

    def _inside(self, tree: str, shown: str, kind: Kind, levels: int = MOST_LEVELS - 1) -> Iterator[Entry]:
        """What lies in a folder and in those within it."""
        for item in sorted(self._listed(tree), key=lambda item: item.name):
            if item.name in IGNORED:
                continue
            name = f"{shown}/{item.name}"
            if levels and item.mode == _FOLDER_MODE:
                yield from self._inside(item.blob, name, kind, levels - 1)
            else:
                yield item.entry(kind)._replace(shown=name)

    def _content(self, item: "_Item") -> Content:
        if item.mode == _LINK_MODE:
            return symbolic_link(item.name)
        return self._contents[item.blob] if item.is_file else _not_a_file(item.name)

    def _listed(self, tree: str) -> list["_Item"]:
        """What a tree of git holds, one level deep."""
        # Without --full-tree git looks in the tree for the folder that it is called in.
        listed = self._git("ls-tree", "-z", "--full-tree", "--end-of-options", tree)
        if listed.returncode:
            raise UnavailableError(f"git cannot list what is in {tree}: {_said(listed.stderr)}")
        return [_Item.of(line) for line in listed.stdout.split(b"\0") if line]

    def _read_contents(self, blobs: Iterable[str]) -> None:
        """Read what is not read yet, in one process for all, and of each no more than is needed."""
        wanted = sorted({*blobs} - self._contents.keys())
        if not wanted:
            return
        with tempfile.TemporaryFile() as names, tempfile.TemporaryFile() as errors:
            names.write("\n".join(wanted).encode())
            names.seek(0)
            with subprocess.Popen(
                ["git", "cat-file", "--batch"],  # noqa: S607 - the git that the user has
                cwd=self._root,
                env=_environment(),
                stdin=names,
                stdout=subprocess.PIPE,
                stderr=errors,
            ) as git:
                assert git.stdout is not None  # noqa: S101 - it is a pipe
                for blob in wanted:
                    content = _next_content(git.stdout)
                    if content is None:
                        git.kill()
                        errors.seek(0)
                        raise UnavailableError(
                            f"git has not the content {blob} ({_said(errors.read())}): fetch the history whole, with "
                            "all files, or run git fsck"
                        )
                    self._contents[blob] = content

    def _git(self, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        """What git answers; none of the arguments that others give may stand where git takes an option."""
        try:
            return subprocess.run(  # noqa: S603 - git, and see above
                ["git", *arguments],  # noqa: S607 - the git that the user has
                cwd=self._root,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except OSError as error:
            raise UsageError(
                f"git cannot be run ({error.strerror}): install it, or compare two folders instead"
            ) from error


def _environment() -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if name not in _WHERE_IT_IS},
        "LC_ALL": "C",
        "GIT_NO_LAZY_FETCH": "1",  # a partial clone would ask its server for what it lacks
        "GIT_NO_REPLACE_OBJECTS": "1",  # a commit is what its hash says
        "GIT_OPTIONAL_LOCKS": "0",
    }


def _next_content(output: IO[bytes]) -> bytes | None:
    """The content that `git cat-file --batch` writes next, cut at `MOST_READ` bytes; None if it has none."""
    header = output.readline().split()
    if header[1:2] != [b"blob"]:
        return None
    size = int(header[2])
    content = output.read(min(size, MOST_READ))
    rest = size - len(content) + 1  # and a line break
    while rest and (skipped := output.read(min(rest, _CHUNK))):
        rest -= len(skipped)
    return None if rest else content


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

    @property
    def is_file(self) -> bool:
        return _FILE_MODE.fullmatch(self.mode) is not None

    def entry(self, kind: Kind, *, within: bool = True) -> Entry:
        """As `read_entries` takes it; `within` a dataset folder, or in place of it."""
        shown = f"{kind.folder}/{self.name}" if within else self.name
        # A file in place of a folder is a fault of the folder, as it is on the disk.
        fault = None if within or not self.is_file else os.strerror(errno.ENOTDIR)
        return Entry(shown, self.blob, kind, self.mode == _LINK_MODE, within and self.is_file, fault)


def _folder_state(root: Path, stack: str) -> State:
    files, found = read_folders(root)
    settings, approvals = (_plain_file(root / name) for name in (settings_file(stack), APPROVALS_FILE))
    return State(files=tuple(files), found=tuple(found), settings=settings, approvals=approvals)


def _plain_file(path: Path) -> Content:
    """What is in a file of the disk. A link is not followed: it may lead out of the checkout."""
    if path.is_symlink():
        return symbolic_link(path.name)
    if not path.exists():
        return None
    if not path.is_file():  # to open a pipe would be to wait for whoever writes into it
        return _not_a_file(path.name)
    try:
        with path.open("rb", buffering=0) as opened:
            return opened.read(MOST_READ)
    except OSError as error:
        wrong = f"the file cannot be read: {error.strerror}"
        return Problem(path.name, START, Rule.FILE_UNREADABLE, wrong, "check its permissions")


def _not_a_file(name: str) -> Problem:
    return Problem(name, START, Rule.FILE_UNREADABLE, "this is not a file", "put a file in its place")


def _said(by_git: bytes) -> str:
    """The first line that git said, in which the reason stands."""
    return printable(by_git.decode(errors="replace").strip().partition("\n")[0]) or "it does not say why"
