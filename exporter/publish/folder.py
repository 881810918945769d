"""A folder of this machine: a staged file has a hidden name beside its own, and takes its own by a link or a rename."""

import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from exporter.failure import GoneError, PublishError, TakenError
from exporter.publish.keys import STAGED, safe
from exporter.publish.target import Staged
from provisioner.exports.model import Publish
from provisioner.reading.printable import printable

BUFFER_BYTES: Final = 1024 * 1024
"""What gathers in memory before it is written."""


class Folder:
    """The folder that a dataset's files go to. It must be one file system, of POSIX's kind."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()

    @property
    def url(self) -> str:
        """`file:///folder/`, whatever links lead there."""
        return f"{self._folder.resolve().as_uri().rstrip('/')}/"

    def open(self, key: str, publish: Publish) -> "FolderSink":
        """Begin a file, and make the folders that its key names.

        Raises:
            TakenError: it is to be put once, and there is one of that key.
            PublishError: the folder cannot be written to.
        """
        with _in_words(key):
            path = self._path(key)
            if publish is Publish.ONCE and os.path.lexists(path):
                raise _taken(key)
            _make(path.parent)
            self._stay_inside(path, key)
            return FolderSink(self._folder, key, path.with_name(f"{STAGED}{secrets.token_hex(16)}"))

    def reveal(self, staged: Staged, publish: Publish) -> None:
        """Give a staged file its key. It does nothing where that was done before, by whomever.

        Raises:
            TakenError: it is to be put once, and another file has the key.
            GoneError: it is neither staged nor under its key.
            PublishError: it could not be done; it may be tried again.
        """
        with _in_words(staged.key):
            path, hidden = self._path(staged.key), self._hidden(staged.token)
            try:
                if publish is Publish.ONCE:
                    _link_once(hidden, path, staged.key)
                else:
                    hidden.replace(path)
            except FileNotFoundError:
                self._must_be_there(staged, publish)
            _sync_folder(path.parent)

    def abandon(self, token: str) -> None:
        """Remove a staged file that was never revealed. It does nothing where there is none.

        Raises:
            PublishError: it could not be done; it may be tried again.
        """
        with _in_words(token):
            hidden = self._hidden(token)
            with suppress(FileNotFoundError):
                hidden.unlink()
                _sync_folder(hidden.parent)

    def sha256(self, key: str) -> str | None:
        """The checksum of the file of that key, read in pieces; None where there is none.

        Raises:
            PublishError: it cannot be read.
        """
        with _in_words(key):
            try:
                with self._path(key).open("rb") as file:
                    return hashlib.file_digest(file, "sha256").hexdigest()
            except FileNotFoundError:
                return None

    def _path(self, key: str) -> Path:
        path = self._folder / safe(key)
        self._stay_inside(path, key)
        return path

    def _stay_inside(self, path: Path, key: str) -> None:
        if not path.parent.resolve().is_relative_to(self._folder.resolve()):
            raise PublishError(
                f"'{printable(key)}' would be written outside {self._folder}: a folder of its path is a link. "
                "Remove the link, or choose another folder."
            )

    def _hidden(self, token: str) -> Path:
        said: dict[str, str] = json.loads(token)
        return self._folder / said["staged"]

    def _must_be_there(self, staged: Staged, publish: Publish) -> None:
        there = self.sha256(staged.key)
        if there == staged.sha256:
            return
        if there is not None and publish is Publish.ONCE:
            raise _taken(staged.key)
        raise GoneError(
            f"'{printable(staged.key)}' was written and recorded, and is gone from {self._folder}: somebody took it, "
            "or it never had its name. Ask who receives it; if nobody has it, put it back from a copy of that folder, "
            "or export its rows again with `exporter backfill`."
        )


class FolderSink:
    """A file that is being written under its hidden name.

    It is made with its first byte, or when it is staged: by then its token is recorded, so whenever the process dies,
    what it leaves is known.
    """

    def __init__(self, folder: Path, key: str, hidden: Path) -> None:
        self._folder, self._key, self._hidden = folder, key, hidden
        self._sha256 = hashlib.sha256()
        self._bytes = 0
        self._staged: Staged | None = None
        self._file: BinaryIO | None = None

    @property
    def token(self) -> str:
        """Says where the hidden name is."""
        return json.dumps({"staged": self._hidden.relative_to(self._folder).as_posix()})

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take the next bytes; the caller may reuse the memory afterwards.

        Raises:
            PublishError: the disk is full, or fails.
        """
        with _in_words(self._key):
            self._bytes += memoryview(data).nbytes
            self._sha256.update(data)
            self._made().write(data)

    def stage(self) -> Staged:
        """Make what was written safe: in the disk's own hands, the name too.

        Raises:
            PublishError: it could not be made so.
        """
        if self._staged is None:
            with _in_words(self._key):
                file = self._made()
                file.flush()
                os.fsync(file.fileno())
                file.close()
                _sync_folder(self._hidden.parent)
            self._staged = Staged(
                key=self._key,
                token=self.token,
                bytes=self._bytes,
                sha256=self._sha256.hexdigest(),
            )
        return self._staged

    def discard(self) -> None:
        """Forget what was written. Nothing happens where it is staged already."""
        if self._staged is None and self._file:
            with suppress(OSError):  # what is in the buffer has no place to go: the disk may be full
                self._file.close()
            with _in_words(self._key):
                self._hidden.unlink(missing_ok=True)

    def _made(self) -> BinaryIO:
        if self._file is None:
            self._file = self._hidden.open("xb", buffering=BUFFER_BYTES)
        return self._file


def _link_once(hidden: Path, path: Path, key: str) -> None:
    try:
        # A link is refused where there is anything of that name; a rename would overwrite it.
        os.link(hidden, path, follow_symlinks=False)
    except FileExistsError:
        if not hidden.samefile(path):  # the same: an earlier run ended between the two steps
            raise _taken(key) from None
    hidden.unlink()


def _make(folder: Path) -> None:
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _taken(key: str) -> TakenError:
    return TakenError(
        f"there is a file '{printable(key)}' already, and it is to be put once: it is left as it is. "
        "Give the key a placeholder that makes it new in each run, or say `publish: replace`."
    )


@contextmanager
def _in_words(key: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PublishError(
            f"'{printable(key)}' cannot be written: {error.strerror or error}"
            f"{f' ({printable(str(error.filename))})' if error.filename else ''}. The next run tries again."
        ) from error
