"""One SQL statement: where it ends, what it selects, and which parameters it asks for.

The statement is split and its parameters are found by its tokens alone, which is sure. Its columns are read by a parser
that does not know all of PostgreSQL: what it cannot read is no problem here, the database will tell.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.tokenizer_core import Token

# PostgreSQL documentation, "SELECT" and "VALUES": what a query begins with.
_QUERIES: Final = frozenset({"SELECT", "WITH", "VALUES", "TABLE", "("})
_CHANGES: Final = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE"})
_COPY_OPTIONS: Final = frozenset({"WITH", "CSV", "HEADER", "FORMAT", "TRUE", "ON", "1", "(", ")", ","})
"""What may follow `COPY (…) TO STDOUT`: all that says no more than `format: csv` does."""
_BEFORE_NO_PARAMETER: Final = re.compile(r"[\w:\])]")
"""Before a colon: that of a cast, or of a slice of an array."""


class Fault(NamedTuple):
    """Why a text is not the one statement that is wanted."""

    offset: int
    """Of the character in the text where it shows."""
    wrong: str
    instead: str


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement, bare."""

    text: str
    columns: tuple[str, ...] | None
    ordered: bool
    parameters: tuple[str, ...]
    """The names that it asks for as `:name`, each once."""


def parse_query(text: str) -> Statement | Fault:
    """The one SELECT that a text holds, be it in `COPY (…) TO STDOUT WITH CSV HEADER`."""
    tokens = _only_statement(text)
    if isinstance(tokens, Fault):
        return tokens
    if _word(tokens[0]) == "COPY":
        tokens = _copied(tokens)
        if isinstance(tokens, Fault):
            return tokens
    first = _word(tokens[0])
    if first not in _QUERIES:
        return Fault(tokens[0].start, f"this begins with {first}, and is no query", "write a SELECT")
    bare = _slice(text, tokens)
    changing = _change_within(tokens)
    if changing is not None:
        return Fault(changing.start, f"the query would change data: {_word(changing)}", "write a SELECT alone")
    parsed = _parsed(bare)
    if parsed is not None and parsed.args.get("into"):
        return Fault(tokens[0].start, "SELECT INTO makes a table", "remove the INTO")
    return Statement(
        text=bare,
        columns=None if parsed is None else _columns(parsed),
        ordered=parsed is not None and parsed.args.get("order") is not None,
        parameters=_names(text, tokens),
    )


def parse_delete(text: str) -> Statement | Fault:
    """The one DELETE that a text holds."""
    tokens = _only_statement(text)
    if isinstance(tokens, Fault):
        return tokens
    first = _word(tokens[0])
    last = next((token for token in _at_the_top(tokens) if _word(token) in _CHANGES | {"SELECT"}), tokens[0])
    if first not in ("DELETE", "WITH") or _word(last) != "DELETE":
        return Fault(tokens[0].start, f"this begins with {first}, and deletes nothing", "write a DELETE")
    other = next((token for token in _changes(tokens) if token is not last), None)
    if other is not None:
        return Fault(other.start, f"there is a second change in it: {_word(other)}", "write one DELETE alone")
    bare = _slice(text, tokens)
    parsed = _parsed(bare)
    returned = None if parsed is None else parsed.args.get("returning")
    columns = () if returned is None else _named(returned.expressions)
    return Statement(
        text=bare,
        columns=None if parsed is None else columns,
        ordered=False,
        parameters=_names(text, tokens),
    )


class Parameter(NamedTuple):
    """A `:name` in a statement, and where it stands: `text[start:end]`."""

    name: str
    start: int
    end: int


def find_parameters(text: str) -> tuple[Parameter, ...]:
    """Each parameter of a statement, from left to right; what is in quotes or in a comment is none.

    Raises:
        ValueError: the text is no SQL: a quote is not closed.
    """
    tokens = _tokens(text)
    if isinstance(tokens, Fault):
        raise ValueError(tokens.wrong)
    return tuple(_parameters(text, tokens))


def _parameters(text: str, tokens: "list[Token]") -> Iterator[Parameter]:
    for colon, name in pairwise(tokens):
        if colon.text != ":" or name.start != colon.end + 1 or not name.text.isidentifier():
            continue
        if colon.start == 0 or not _BEFORE_NO_PARAMETER.match(text[colon.start - 1]):
            yield Parameter(name.text, colon.start, name.end + 1)


def _names(text: str, tokens: "list[Token]") -> tuple[str, ...]:
    return tuple(dict.fromkeys(parameter.name for parameter in _parameters(text, tokens)))


def _tokens(text: str) -> "list[Token] | Fault":
    from sqlglot.dialects.postgres import Postgres
    from sqlglot.errors import TokenError

    try:
        return Postgres().tokenize(text)
    except TokenError as error:
        said = str(error).partition("\n")[0]
        return Fault(0, f"this is no SQL: {said}", "close each quote, parenthesis and comment")


def _only_statement(text: str) -> "list[Token] | Fault":
    """The tokens of the one statement of a text, without its semicolon."""
    tokens = _tokens(text)
    if isinstance(tokens, Fault):
        return tokens
    statements: list[list[Token]] = [[]]
    for token in tokens:
        if token.text == ";" and token.token_type.name == "SEMICOLON":
            statements.append([])
        else:
            statements[-1].append(token)
    said = [statement for statement in statements if statement]
    if not said:
        return Fault(0, "there is no statement in it", "write a SELECT")
    if len(said) > 1:
        return Fault(said[1][0].start, "a second statement begins here", "keep one statement, and remove the others")
    return said[0]


def _copied(tokens: "list[Token]") -> "list[Token] | Fault":
    """The tokens of the query in `COPY (…) TO STDOUT WITH CSV HEADER`."""
    depth, end = 0, 0
    for at, token in enumerate(tokens[1:], 1):
        depth += (_word(token) == "(") - (_word(token) == ")")
        if depth == 0:
            end = at
            break
    inside, behind = tokens[2:end], tokens[end + 1 :]
    if not inside or [_word(token) for token in behind[:2]] != ["TO", "STDOUT"]:
        return Fault(tokens[0].start, "this copies something else", "write a SELECT, or COPY (SELECT …) TO STDOUT")
    other = next((token for token in behind[2:] if _word(token) not in _COPY_OPTIONS), None)
    if other is not None:
        wrong = f"the option {_word(other)} of COPY would be ignored"
        return Fault(other.start, wrong, "write WITH CSV HEADER, and the rest as keys of the task")
    return inside


def _at_the_top(tokens: "list[Token]") -> "Iterator[Token]":
    """The tokens that stand in no parentheses."""
    depth = 0
    for token in tokens:
        depth += (_word(token) == "(") - (_word(token) == ")")
        if depth == 0:
            yield token


def _changes(tokens: "list[Token]") -> "Iterator[Token]":
    """The words that begin a change of data: at the beginning, behind a WITH's last parenthesis, or inside one."""
    for before, token in zip([None, *tokens], tokens, strict=False):
        if _word(token) in _CHANGES and (before is None or _word(before) in ("(", ")")):
            yield token


def _change_within(tokens: "list[Token]") -> "Token | None":
    return next(_changes(tokens), None)


def _word(token: "Token") -> str:
    return "" if token.token_type.name in ("STRING", "IDENTIFIER") else token.text.upper()


def _slice(text: str, tokens: "list[Token]") -> str:
    return text[tokens[0].start : tokens[-1].end + 1]


def _parsed(text: str) -> "exp.Expr | None":
    """The statement as the parser reads it; None where it cannot."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # what it cannot read it would say on the terminal
    try:
        return sqlglot.parse_one(text, dialect="postgres")
    except (SqlglotError, RecursionError):
        return None


def _columns(parsed: "exp.Expr") -> tuple[str, ...] | None:
    from sqlglot import exp

    query = parsed.unnest() if isinstance(parsed, exp.Subquery) else parsed
    return _named(query.selects) if isinstance(query, exp.Query) else None


def _named(selected: "list[exp.Expr]") -> tuple[str, ...] | None:
    """The names of what is selected, as PostgreSQL gives them; None where one of them is not plain to see."""
    names = tuple(map(_name, selected))
    return None if not names or None in names else tuple(name for name in names if name is not None)


def _name(selected: "exp.Expr") -> str | None:
    from sqlglot import exp

    if isinstance(selected, exp.Alias):
        identifier = selected.args["alias"]
    else:
        while isinstance(selected, (exp.Cast, exp.Paren)):
            selected = selected.this
        identifier = selected.this if isinstance(selected, exp.Column) else None
    if not isinstance(identifier, exp.Identifier):
        return None
    return identifier.name if identifier.quoted else identifier.name.lower()
