"""gzip by ISA-L: as small as zlib's lower levels make it, at several times their speed."""

from collections.abc import Iterator
from typing import Final

from isal import isal_zlib

from exporter.encode.part import Part

LEVEL: Final = 1
"""Of 0 to 3 (https://python-isal.readthedocs.io, isal_zlib). Measured: 2 makes files no smaller; 3 takes several times
as long for files smaller by a fiftieth; those of 0 are larger by a third. See docs/exports.md, "Speed"."""

_GZIP: Final = 16 + isal_zlib.MAX_WBITS
"""The window of zlib's deflateInit2 that asks for a gzip header, in which the time is 0 and no name stands."""


def gzip(part: Part) -> Part:
    """The part, compressed. The same bytes give the same bytes, however they are cut into chunks."""
    part.chunks = _compressed(part.chunks)
    return part


def _compressed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    compressor = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, _GZIP)
    for chunk in chunks:
        if compressed := compressor.compress(chunk):
            yield compressed
    yield compressor.flush()
