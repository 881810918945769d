"""The checksum of a whole is known from its parts."""

import zlib

from hypothesis import given
from hypothesis import strategies as st

from exporter.publish.crc32 import joined


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_it_is_that_of_all_bytes(parts: list[bytes]) -> None:
    assert joined((zlib.crc32(part), len(part)) for part in parts) == zlib.crc32(b"".join(parts))


def test_parts_may_be_large() -> None:
    first, second = bytes(range(256)) * 4_099, b"\xff" * 3_000_001
    assert joined([(zlib.crc32(first), len(first)), (zlib.crc32(second), len(second))]) == zlib.crc32(first + second)
