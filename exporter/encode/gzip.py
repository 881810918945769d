"""gzip by ISA-L: as small as zlib's lower levels make it, at several times their speed."""

from collections.abc import Iterator
from typing import Final

from isal import isal_zlib

LEVEL: Final = 2
"""Of 0 to 3 (https://python-isal.readthedocs.io, isal_zlib): measured with make bench, see README, "Speed"."""

_GZIP: Final = 16 + isal_zlib.MAX_WBITS
"""The window of zlib's deflateInit2 that asks for a gzip header, in which the time is 0 and no name stands."""


def gzip(chunks: Iterator[bytes | bytearray | memoryview]) -> Iterator[bytes]:
    """The chunks compressed. The same bytes give the same bytes, however they are cut into chunks."""
    compressor = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, _GZIP)
    for chunk in chunks:
        if compressed := compressor.compress(chunk):
            yield compressed
    yield compressor.flush()
