"""Times and sizes as people say them."""

from datetime import timedelta
from typing import Final

_UNITS: Final = (("d", 86_400, 2), ("h", 3_600, 2), ("min", 60, 1))
"""Units with their seconds, and from how many on each is used: 90 min says more than 1 h."""
_SIZES: Final = ("KiB", "MiB", "GiB", "TiB")
_STEP: Final = 1_024
_SHORT: Final = 10
"""Below so many, a decimal says more than it costs."""


def age(span: timedelta) -> str:
    """A span of time, such as `45 s`, `3 min`, `26 h` or `4 d`; what lies ahead by a clock's error is `0 s`."""
    seconds = max(0, int(span.total_seconds()))
    for unit, length, least in _UNITS:
        if seconds >= length * least:
            return f"{seconds // length:,} {unit}"
    return f"{seconds} s"


def size(count: int) -> str:
    """Bytes, such as `0 B`, `12 KiB` or `3.4 GiB`."""
    if count < _STEP:
        return f"{count} B"
    power = min((count.bit_length() - 1) // 10, len(_SIZES))
    scaled = count / _STEP**power
    return f"{scaled:,.{int(scaled < _SHORT)}f} {_SIZES[power - 1]}"
