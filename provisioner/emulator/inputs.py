"""The inputs of one resource as Pulumi sends them, read strictly: a property nobody read is an error.

The emulator must not drift from the program: if the program sets something that the table does not hand on to AWS,
the tour would show something else than what is deployed. So each function of the table reads every property it
knows, then calls ``done``, and only then AWS.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Self, TypeVar

from pulumi.asset import FileArchive

_T = TypeVar("_T")


class InputError(Exception):
    """A property is missing, of another type than expected, or not known to the emulator."""


class Inputs:
    """Property name (camelCase, as Pulumi sends it) → value, with a reader per type."""

    def __init__(self, values: Mapping[str, object], place: str = "") -> None:
        self._values = {name: value for name, value in values.items() if value is not None}
        self._place = place
        self._read: set[str] = set()
        self._nested: list[Inputs] = []

    def done(self) -> None:
        """Say that every known property was read.

        Raises:
            InputError: there is another one, here or in a nested value.
        """
        if unread := sorted(self._values.keys() - self._read):
            names = ", ".join(self._place + name for name in unread)
            raise InputError(
                f"the embedded AWS does not know the property {names}: add it to provisioner/emulator/services, "
                "or the tour would differ from what Pulumi deploys"
            )
        for nested in self._nested:
            nested.done()

    def text(self, name: str) -> str:
        """A string that must be there."""
        return self._required(name, self.maybe_text(name))

    def maybe_text(self, name: str) -> str | None:
        """A string, if there."""
        return self._take(name, str)

    def texts(self, name: str) -> list[str]:
        """A list of strings, empty if not there."""
        return [self._typed(f"{name}[]", item, str) for item in self._take(name, list) or []]

    def text_map(self, name: str) -> dict[str, str]:
        """String → string, empty if not there."""
        values = self._take(name, dict) or {}
        return {key: self._typed(f"{name}.{key}", value, str) for key, value in values.items()}

    def number(self, name: str) -> int:
        """A whole number that must be there."""
        return self._required(name, self.maybe_number(name))

    def maybe_number(self, name: str) -> int | None:
        """A whole number, if there; Pulumi's wire carries every number as a float."""
        value = self._take(name, float, int)
        return None if value is None else int(value)

    def maybe_flag(self, name: str) -> bool | None:
        """True or false, if there."""
        return self._take(name, bool)

    def file_archive(self, name: str) -> Path:
        """Where the file of a Pulumi `FileArchive` lies, which must be given; no other kind of archive is taken."""
        return Path(self._required(name, self._take(name, FileArchive)).path)

    def one(self, name: str) -> Self:
        """A nested value that must be there."""
        return self._required(name, self.maybe_one(name))

    def maybe_one(self, name: str) -> Self | None:
        """A nested value, if there."""
        value = self._take(name, dict)
        return None if value is None else self._nest(f"{name}.", value)

    def many(self, name: str) -> list[Self]:
        """A list of nested values, empty if not there."""
        items = self._take(name, list) or []
        return [
            self._nest(f"{name}[{index}].", self._typed(f"{name}[{index}]", item, dict))
            for index, item in enumerate(items)
        ]

    def _nest(self, place: str, values: Mapping[str, object]) -> Self:
        nested = type(self)(values, self._place + place)
        self._nested.append(nested)
        return nested

    def _take(self, name: str, *kinds: type[_T]) -> _T | None:
        self._read.add(name)
        value = self._values.get(name)
        return None if value is None else self._typed(name, value, *kinds)

    def _typed(self, name: str, value: object, *kinds: type[_T]) -> _T:
        # bool is an int to Python, never to AWS.
        if isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool)):
            return value
        wanted = " or ".join(kind.__name__ for kind in kinds)
        raise InputError(f"the property {self._place}{name} is a {type(value).__name__}, expected {wanted}")

    def _required(self, name: str, value: _T | None) -> _T:
        if value is None:
            raise InputError(f"the property {self._place}{name} is missing, and the embedded AWS does not invent it")
        return value
