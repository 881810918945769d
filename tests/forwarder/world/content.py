"""What an object holds: the bytes themselves, or a token that stands for as many bytes as a test wishes.

A copy of ranges keeps the ranges. So an object of 50 TB costs nothing, and still its content equals that of its
source only if every byte came from that source, in order and without a hole.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Bytes `start` to `end` (exclusive) of something written with this token and of this whole size."""

    token: bytes
    whole: int
    start: int
    end: int

    @property
    def is_real(self) -> bool:
        """Whether the token is the bytes themselves."""
        return self.whole == len(self.token)

    @property
    def size(self) -> int:
        return self.end - self.start

    @property
    def bytes(self) -> bytes:
        return self.token[self.start : self.end]


@dataclass(frozen=True)
class Content:
    """The pieces of an object in their order, neighbours that belong together as one."""

    pieces: tuple[Piece, ...]

    @classmethod
    def of(cls, token: bytes, size: int | None = None) -> "Content":
        """The bytes given, or, with a size of its own, a token that stands for that many bytes."""
        whole = len(token) if size is None else size
        return cls((Piece(token=token, whole=whole, start=0, end=whole),))

    @classmethod
    def join(cls, contents: Iterable["Content"]) -> "Content":
        """One content after the other."""
        joined: list[Piece] = []
        real: list[bytes] = []

        def settle() -> None:
            if real:
                token = b"".join(real)
                joined.append(Piece(token=token, whole=len(token), start=0, end=len(token)))
                real.clear()

        for piece in (piece for content in contents for piece in content.pieces):
            if piece.is_real:
                real.append(piece.bytes)
                continue
            settle()
            last = joined[-1] if joined else None
            if last and (last.token, last.whole, last.end) == (piece.token, piece.whole, piece.start):
                joined[-1] = Piece(token=piece.token, whole=piece.whole, start=last.start, end=piece.end)
            else:
                joined.append(piece)
        settle()
        return cls(tuple(joined))

    def range(self, first: int, last: int) -> "Content":
        """Bytes `first` to `last`, both included, as in an HTTP range."""
        cut, offset = [], 0
        for piece in self.pieces:
            start, end = max(first - offset, 0), min(last + 1 - offset, piece.size)
            if start < end:
                cut.append(
                    Piece(token=piece.token, whole=piece.whole, start=piece.start + start, end=piece.start + end)
                )
            offset += piece.size
        return Content.join([Content(tuple(cut))])

    @cached_property
    def size(self) -> int:
        return sum(piece.size for piece in self.pieces)

    @cached_property
    def body(self) -> bytes:
        """The bytes, or the token that stands for all of them; for anything else, a text that equals no token."""
        match self.pieces:
            case ():
                return b""
            case (piece,) if piece.size == piece.whole:
                return piece.token
            case _:
                return repr(self.pieces).encode()

    @property
    def is_real(self) -> bool:
        return all(piece.is_real for piece in self.pieces)

    @cached_property
    def identity(self) -> bytes:
        """What digests are made from: equal for equal bytes, and for nothing else."""
        return self.body if self.is_real else repr(self.pieces).encode()
