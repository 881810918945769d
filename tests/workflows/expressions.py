"""GitHub's expressions, `${{ … }}`, as far as our workflows use them. Whatever else stands there is an error.

GitHub Docs, "Evaluate expressions in workflows and actions".
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

Value = Any
"""Null, a boolean, a number, a string, or a mapping."""

STATUS_FUNCTIONS: Final = ("success", "failure", "cancelled", "always")
"""Functions that speak of the steps or jobs before. Without one, an `if` means `success() && (…)`."""
_TOKEN: Final = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>\d+)|(?P<name>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)"
    r"|(?P<mark>&&|\|\||==|!=|!|\(|\)))"
)
_EMBEDDED: Final = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


class ExpressionError(Exception):
    """An expression is wrong, or uses what this does not know."""


class Expressions:
    """Evaluates expressions with the given contexts and status functions."""

    def __init__(self, contexts: Mapping[str, Any], status: Mapping[str, bool]) -> None:
        self._contexts = contexts
        self._functions: dict[str, Callable[[], bool]] = {name: lambda v=value: v for name, value in status.items()}  # type: ignore[misc] # a default binds the value

    def text(self, template: object) -> str:
        """A value of the workflow with every expression in it replaced by what it gives."""
        return _EMBEDDED.sub(lambda found: as_text(self.value(found[1])), as_text(template))

    def condition(self, given: object) -> bool:
        """Whether an `if` is met; None is one that is not there."""
        expression = "success()" if given is None else as_text(given).strip()
        if found := _EMBEDDED.fullmatch(expression):
            expression = found[1]
        elif "${{" in expression:
            raise ExpressionError(f"an 'if' that is text with expressions in it is always met: {expression}")
        if not any(re.search(rf"\b{name}\s*\(", expression) for name in STATUS_FUNCTIONS):
            expression = f"success() && ({expression})"
        return is_true(self.value(expression))

    def value(self, expression: str) -> Value:
        """What an expression gives."""
        tokens = _Tokens(expression)
        found = self._either(tokens)
        if tokens.kind:
            raise ExpressionError(f"'{tokens.text}' in: {expression}")
        return found

    def _either(self, tokens: "_Tokens") -> Value:
        found = self._both(tokens)
        while tokens.take("||"):
            other = self._both(tokens)
            found = found if is_true(found) else other
        return found

    def _both(self, tokens: "_Tokens") -> Value:
        found = self._compared(tokens)
        while tokens.take("&&"):
            other = self._compared(tokens)
            found = other if is_true(found) else found
        return found

    def _compared(self, tokens: "_Tokens") -> Value:
        found = self._single(tokens)
        if tokens.take("=="):
            return _equal(found, self._single(tokens))
        if tokens.take("!="):
            return not _equal(found, self._single(tokens))
        return found

    def _single(self, tokens: "_Tokens") -> Value:
        if tokens.take("!"):
            return not is_true(self._single(tokens))
        if tokens.take("("):
            found = self._either(tokens)
            tokens.expect(")")
            return found
        kind, text = tokens.next()
        match kind:
            case "string":
                return text[1:-1].replace("''", "'")
            case "number":
                return int(text)
            case "name" if text in ("true", "false", "null"):
                return {"true": True, "false": False, "null": None}[text]
            case "name" if tokens.take("("):
                tokens.expect(")")
                if text not in self._functions:
                    raise ExpressionError(f"'{text}()' is not known here")
                return self._functions[text]()
            case "name":
                return self._looked_up(text)
        raise ExpressionError(f"'{text}' is not understood")

    def _looked_up(self, path: str) -> Value:
        root, *names = path.split(".")
        if root not in self._contexts:
            raise ExpressionError(f"there is no context '{root}' here: {path}")
        found: Value = self._contexts[root]
        for name in names:
            # GitHub gives nothing for what is not there. `github` itself always has the same names.
            if root == "github" and found is self._contexts[root] and name not in found:
                raise ExpressionError(f"the context 'github' has no '{name}' here: {path}")
            found = found.get(name) if isinstance(found, Mapping) else None
        return found


class _Tokens:
    """The pieces of an expression, one after the other."""

    def __init__(self, expression: str) -> None:
        self._expression = expression.strip()
        self._at = 0
        self.kind: str | None = None
        self.text = ""
        self._advance()

    def take(self, mark: str) -> bool:
        """Whether the next piece is this mark; it is taken then."""
        if self.kind != "mark" or self.text != mark:
            return False
        self._advance()
        return True

    def expect(self, mark: str) -> None:
        if not self.take(mark):
            raise ExpressionError(f"'{mark}' is missing in: {self._expression}")

    def next(self) -> tuple[str | None, str]:
        piece = self.kind, self.text
        self._advance()
        return piece

    def _advance(self) -> None:
        if self._at == len(self._expression):
            self.kind, self.text = None, "the end"
            return
        found = _TOKEN.match(self._expression, self._at)
        if found is None:
            raise ExpressionError(f"'{self._expression[self._at :]}' is not understood")
        self._at = found.end()
        self.kind = found.lastgroup
        self.text = found[found.lastgroup] if found.lastgroup else ""


def is_true(value: Value) -> bool:
    """Falsy are false, 0, '' and null."""
    return value not in (False, 0, "", None)


def as_text(value: Value) -> str:
    """A value as it stands in a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    raise ExpressionError(f"a {type(value).__name__} cannot stand in a text")


def _equal(one: Value, other: Value) -> bool:
    """GitHub compares strings without regard to case; of unlike types, only null and '' are told apart here."""
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    if type(one) is not type(other) and None not in (one, other):
        raise ExpressionError(f"{one!r} and {other!r} are of unlike types")
    return bool(one == other)
