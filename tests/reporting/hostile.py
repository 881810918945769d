"""Names that want to be more than names, and plans in which everything that others write is such a name."""

import dataclasses
from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, TypeVar, cast

from hypothesis import strategies as st

from provisioner.changes.plan import Plan
from provisioner.changes.sentence import Sentence

HOSTILE: Final = (
    *("-->", "<!--", "]]>", "</details>", "<details>", "<script>alert(1)</script>", "<br>", "<a href=x>y</a>"),
    *("`", "``", "```", "~~~", "a`b``c", "` ", " `", "\\", "\\`", "|", "\\|", "a|b|c", "||"),
    *("%0A", "%250A", "::error::", "::error file=a::b", "##[error]", "###[error]", "a\n##[error]b", "a\r\n::error::b"),
    *("@everyone", "@org/team", "#1", "GH-1", "org/repository#1", "https://example.com", "http://a", "www.example.com"),
    *(
        "a@example.com",
        "mailto:a@example.com",
        "ftp://example.com",
        "xmpp:a@example.com/b",
        "[a](https://b)",
        "![a](b)",
    ),
    *("**bold**", "*a*", "_a_", "__a__", "~~a~~", "# a", "- a", "1. a", "> a", "> [!NOTE]", "[ ] a", "[a]: b", "[^1]"),
    *("{}", "{0}", "{a}", "{{}}", "{", "}", "**{}**", "$(id)", "$a$", "$$", "&lt;", "&#35;", "&amp;", ":+1:"),
    *('"', "#quot;", "#35;", "end", "click", "subgraph", "];", "n0 --> n1", "%%{init: {}}%%", "class a b", "'"),
    *("\n", "\n\n", "a\n\nb", "\t", "\r", "\x00", "\x1b[2J", "\x7f", "\u2028", "\u202e", "\u2066a", "\u200b", "\ufeff"),
    *("\u05d0\u05d1", "\U0001f600", "é", "e\u0301", "\ud800", "\udcff", " ", "  ", "\u00a0", "   a", "a" * 10_000),
    *("commit 0123456789abcdef0123456789abcdef01234567", "0123456789abcdef0123456789abcdef01234567", "-", "---", "==="),
)
"""What Markdown, HTML, GitHub, its runner, Mermaid, `str.format`, shells and terminals take for their own."""

TEXTS: Final = st.one_of(
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=4).map("".join),
    st.text(alphabet="`|\\<>[](){}*_~#@!&;:/%-+=\"'$ \n\ra1", max_size=12),
    st.text(max_size=20),
)

_OURS: Final = frozenset({"words", "type", "account_id", "region", "user_prefix", "kind", "key"})
"""The fields whose texts are words of ours, or of a form that is checked before there is a plan."""

_T = TypeVar("_T")


def disguised(plan: Plan, text: str) -> Plan:
    """The plan with every name that somebody else writes begun and ended by `text`; different ones stay different."""
    found: list[str] = []

    def noted(name: str) -> str:
        found.append(name)
        return name

    _changed(plan, noted)
    ranks = {name: rank for rank, name in enumerate(sorted({*found}))}
    return _changed(plan, lambda name: f"{text}{ranks[name]:04}{text}")


def _changed(held: _T, change: Callable[[str], str]) -> _T:
    return cast("_T", _walk(held, change))


def _walk(held: Any, change: Callable[[str], str]) -> Any:
    match held:
        case Enum():
            return held
        case str():
            account, colon, name = held.rpartition(":") if held.startswith("arn:") else ("", "", held)
            return f"{account}{colon}{change(name)}"
        case Mapping():
            return MappingProxyType({key: _walk(value, change) for key, value in held.items()})
        case tuple() if hasattr(held, "_fields"):
            fields = zip(held._fields, held, strict=True)
            return type(held)(*(value if name in _OURS else _walk(value, change) for name, value in fields))
        case tuple():
            return tuple(_walk(value, change) for value in held)
        case _ if dataclasses.is_dataclass(held) and not isinstance(held, type):
            names = [field.name for field in dataclasses.fields(held)]
            values = {name: getattr(held, name) for name in names}
            new = {name: value if name in _OURS else _walk(value, change) for name, value in values.items()}
            return Sentence(**new) if isinstance(held, Sentence) else type(held)(**new)
    return held
