"""Which keys a file may have: those that mean the same in a bucket and in a folder, and lead out of neither."""

from typing import Final

from exporter.failure import PublishError
from provisioner.reading.printable import printable

MAX_KEY_BYTES: Final = 1024
"""Of a key with its prefix, in UTF-8 ("Naming Amazon S3 objects", Amazon S3 User Guide)."""
MAX_NAME_BYTES: Final = 255
"""Of each name of a path: NAME_MAX of Linux's and macOS's own file systems (pathconf(3))."""
STAGED: Final = ".staged-"
"""How the name of a staged file of a folder begins; no key may."""


def safe(key: str) -> str:
    """The key itself.

    Raises:
        PublishError: it is no plain path behind the dataset's prefix.
    """
    if fault := _fault(key):
        raise PublishError(
            f"'{printable(key)}' cannot be the key of a file: {fault}. "
            "Mend the task's `key`, or the value that its placeholders take from the data."
        )
    return key


def _fault(key: str) -> str | None:
    names = key.split("/")
    if len(key.encode(errors="surrogatepass")) > MAX_KEY_BYTES:
        return f"it has more than {MAX_KEY_BYTES:,} bytes"
    if "" in names:
        return "a name in it is empty"
    if "." in names or ".." in names:
        return "'.' and '..' lead elsewhere"
    if any(name.startswith(STAGED) for name in names):
        return f"'{STAGED}' begins the names of files that are not finished"
    if any(len(name.encode(errors="surrogatepass")) > MAX_NAME_BYTES for name in names):
        return f"a name in it has more than {MAX_NAME_BYTES} bytes"
    if not key.isprintable() or "\\" in key:
        return "it has a character that is not printed, or a backslash"
    return None
