"""Templates of keys and names: `{placeholder}` or `{placeholder:format}`, as Python's format strings write them."""

import datetime
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Value = str | int | datetime.datetime


@dataclass(frozen=True)
class Template:
    """A text with placeholders in it. `{base:04}` pads a number, `{time:%Y_%m_%d}` formats a time."""

    text: str

    @property
    def placeholders(self) -> frozenset[str]:
        """The names that it asks for."""
        return frozenset(name for _, name, _ in self.pieces())

    def pieces(self) -> Iterator[tuple[str, str, str]]:
        """Each placeholder with the text before it and its format.

        Raises:
            ValueError: a brace stands alone, or a placeholder is not a plain name.
        """
        for before, name, spec, conversion in string.Formatter().parse(self.text):
            if name is None:
                continue
            if not name.isidentifier() or conversion or "{" in (spec or ""):
                raise ValueError(f"'{{{name}}}' is no placeholder")
            yield before, name, spec or ""

    def render(self, values: Mapping[str, Value]) -> str:
        """The text with each placeholder's value in its place.

        Raises:
            KeyError: a placeholder has no value.
        """
        return self.text.format_map(values)
