"""Which of several stacks has a thing: told by its name alone, so that nobody moves when others come or go."""

import hashlib
from typing import Final

_MULTIPLIER: Final = 2862933555777941757
"""Of the generator in "A Fast, Minimal Memory, Consistent Hash Algorithm" (Lamping and Veach, 2014)."""
_WORD: Final = 2**64
_HALF: Final = 31
"""The paper draws with the 31 upper bits of a word."""


def placed(name: str, stacks: int) -> int:
    """The dataset stack, from 1 to `stacks`, that has the thing called `name`; 0, the shared one, where there is none.

    Jump consistent hash: with one stack more, a thing stays where it is or moves to the new one, and one in `stacks`
    moves; with one less, only those of the last move. Rendezvous hashing moves as few, but asks a hash of every stack
    for every thing; what it can do besides, to take a stack out of the middle, numbered stacks have no use for. All is
    done in whole numbers, for the same answer on every machine.
    """
    if stacks == 0:
        return 0
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
    found, ahead = 0, 0
    while ahead < stacks:
        found = ahead
        key = (key * _MULTIPLIER + 1) % _WORD
        ahead = ((found + 1) << _HALF) // ((key >> (64 - _HALF)) + 1)
    return found + 1
