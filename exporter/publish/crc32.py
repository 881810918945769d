"""The CRC-32 of a whole from those of its parts, without its bytes."""

from collections.abc import Iterable
from typing import Final

POLYNOMIAL: Final = 0xEDB88320
"""Of CRC-32 (IEEE 802.3), its bits reversed: the lowest bit is the coefficient of x^31."""
_ONE: Final = 1 << 31


def joined(parts: Iterable[tuple[int, int]]) -> int:
    """The CRC-32 of all bytes of parts, each given as its CRC-32 and how many bytes it has, in order.

    To append n bytes multiplies what stands for those before by x^8n, modulo the polynomial; and the rest is a sum.
    """
    whole = 0
    for crc32, size in parts:
        whole = _product(_power(8 * size), whole) ^ crc32
    return whole


def _product(left: int, right: int) -> int:
    result = 0
    bit = _ONE
    while bit:
        if left & bit:
            result ^= right
        right = right >> 1 ^ (POLYNOMIAL if right & 1 else 0)
        bit >>= 1
    return result


def _power(exponent: int) -> int:
    """X to the exponent."""
    result, square = _ONE, _ONE >> 1
    while exponent:
        if exponent & 1:
            result = _product(result, square)
        square = _product(square, square)
        exponent >>= 1
    return result
