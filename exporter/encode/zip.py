"""One archive of several parts, written as it goes: no part is ever whole in memory, and their count comes last."""

import datetime
import zlib
from collections.abc import Callable, Iterator
from typing import Final

from isal import isal_zlib
from stream_zip import ZIP_64, Method, stream_zip

from exporter.encode.gzip import LEVEL
from exporter.encode.part import Part
from exporter.encode.xml import DECLARATION

WRITTEN: Final = datetime.datetime(1980, 1, 1)  # noqa: DTZ001 # the format has no zone
"""The time of every member, the earliest that a zip can say (APPNOTE.TXT, 4.4.6): the same data are the same bytes."""
MODE: Final = 0o100644
"""A plain file that its owner may write and all may read (inode(7))."""

Member = tuple[str, datetime.datetime, int, Method, Iterator[bytes]]


def archive(
    parts: Iterator[Part], part_name: Callable[[int], str], last: Callable[[int], tuple[str, bytes] | None]
) -> Part:
    """The archive of the parts, as a part that is the bytes of a file and has the records of all.

    Every member is in the zip64 format: how large it becomes is not known when it begins.

    Args:
        parts: what goes in, each read as the archive is.
        part_name: of a part, by its number from 1.
        last: the name and the bytes of one more file, given the number of all records; None for none.
    """
    whole = Part()

    def members() -> Iterator[Member]:
        for number, part in enumerate(parts, 1):
            yield part_name(number), WRITTEN, MODE, ZIP_64, _counted(whole, part)
        if added := last(whole.records):
            yield added[0], WRITTEN, MODE, ZIP_64, iter((added[1],))

    whole.chunks = iter(stream_zip(members(), get_compressobj=_deflate, extended_timestamps=False))
    return whole


def count_document(elements: tuple[str, ...], records: int) -> bytes:
    """The XML file that says how many records there are: elements in one another, the innermost with the number."""
    *outer, inner = elements
    opened = [f"{'  ' * level}<{name}>\n" for level, name in enumerate(outer)]
    closed = [f"{'  ' * level}</{name}>\n" for level, name in enumerate(outer)]
    count = f"{'  ' * len(outer)}<{inner}>{records}</{inner}>\n"
    return DECLARATION + "".join([*opened, count, *reversed(closed)]).encode()


def _counted(whole: Part, part: Part) -> Iterator[bytes]:
    before = whole.records
    for chunk in part.chunks:
        whole.records = before + part.records
        yield chunk


def _deflate() -> "zlib._Compress":
    return isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)  # type: ignore[return-value] # has its methods
