"""Where files go, in two steps: staged, where a file is safe and nobody sees it, then revealed under its key.

Between the two stands the ledger's commit. What is committed can always be revealed, by this run or the next; what is
not is abandoned. In a bucket a staged file is a multipart upload that is not completed; in a folder it is a file of
another name.
"""

from dataclasses import dataclass
from typing import Protocol

from provisioner.exports.model import Publish


@dataclass(frozen=True, kw_only=True)
class Staged:
    """A file that is written, safe and not yet to be seen."""

    key: str
    """Where it will be, behind the dataset's prefix."""
    token: str
    """All that any process needs to reveal or abandon it: JSON, kept in the ledger. No secret stands in it."""
    bytes: int
    sha256: str
    """Of its bytes, in hexadecimal."""


class Sink(Protocol):
    """A file that is being staged."""

    @property
    def token(self) -> str:
        """That of the staged file, known before its first byte: whoever has it can abandon what was written."""

    def write(self, data: bytes | bytearray | memoryview) -> object:
        """Take the next bytes; the caller may reuse the memory afterwards."""

    def stage(self) -> Staged:
        """Make what was written safe, whatever becomes of this process.

        Raises:
            PublishError: it could not be made so.
        """

    def discard(self) -> None:
        """Forget what was written. Nothing happens where it is staged already."""


class Target(Protocol):
    """A dataset's prefix of a bucket, or a folder."""

    @property
    def url(self) -> str:
        """What the ledger knows it by: `s3://bucket/prefix/` or `file:///folder/`."""

    def open(self, key: str, publish: Publish) -> Sink:
        """Begin a file.

        Raises:
            TakenError: it is to be put once, and there is one of that key.
            PublishError: the target cannot be written to.
        """

    def reveal(self, staged: Staged, publish: Publish) -> None:
        """Give a staged file its key. It does nothing where that was done before, by whomever.

        Raises:
            TakenError: it is to be put once, and another file has the key.
            GoneError: it is neither staged nor under its key.
            PublishError: it could not be done; it may be tried again.
        """

    def abandon(self, token: str) -> None:
        """Remove a staged file that was never revealed. It does nothing where there is none.

        Raises:
            PublishError: it could not be done; it may be tried again.
        """

    def sha256(self, key: str) -> str | None:
        """The checksum of the file of that key, read whole and in pieces; None where there is none."""
