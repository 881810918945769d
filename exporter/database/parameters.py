"""Values in the places of a query's `:name`s, as literals: what is read is one plain statement."""

from collections.abc import Mapping
from itertools import pairwise

from psycopg import sql
from sqlglot.dialects import Postgres
from sqlglot.tokenizer_core import Token, TokenType

from provisioner.exports.template import Value


def bind(text: str, values: Mapping[str, Value]) -> str:
    """A statement with its parameters in their places. A colon in a text, a comment, a cast or a slice is none.

    Raises:
        KeyError: a parameter has no value.
    """
    tokens = Postgres().tokenize(text)
    pieces, end = [], 0
    for colon, name in pairwise(tokens):
        if colon.token_type == TokenType.COLON and name.start == colon.end + 1 and _is_name(name):
            pieces += [text[end : colon.start], sql.Literal(values[name.text]).as_string(None)]
            end = name.end + 1
    return "".join([*pieces, text[end:]])


def _is_name(token: Token) -> bool:
    return token.text.isidentifier() and token.token_type != TokenType.IDENTIFIER
