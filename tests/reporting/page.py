"""What GitHub makes of markdown: its own parser, with the extensions that it uses, and the tree of the HTML."""

import html.parser
import re
from dataclasses import dataclass, field
from typing import Final

import cmarkgfm  # type: ignore[import-untyped] # it has no types
from cmarkgfm.cmark import Options  # type: ignore[import-untyped]

_EXTENSIONS: Final = ["table", "strikethrough", "autolink", "tasklist", "tagfilter"]
_VOID: Final = frozenset({"br", "hr", "img", "input"})


@dataclass
class Element:
    """An element of a page, with what is in it: elements, and texts."""

    tag: str
    content: "list[Element | str]" = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(part if isinstance(part, str) else part.text for part in self.content)

    def every(self, tag: str) -> "list[Element]":
        """The elements of a kind in it, at whatever depth."""
        inner = [part for part in self.content if isinstance(part, Element)]
        return [found for part in inner for found in ([part] if part.tag == tag else []) + part.every(tag)]

    @property
    def outline(self) -> str:
        """Its elements without any text; a span is but text."""
        if self.tag == "span":
            return ""
        inner = "".join(part.outline for part in self.content if isinstance(part, Element))
        return f"({self.tag}{inner})"


def page(markdown: str) -> Element:
    """The tree of a document. What opens must close, in order, before it ends."""
    made = cmarkgfm.cmark.markdown_to_html_with_extensions(
        markdown, options=Options.CMARK_OPT_UNSAFE, extensions=_EXTENSIONS
    )
    reader = _Reader()
    reader.feed(made)
    reader.close()
    assert [element.tag for element in reader.open] == ["page"], "something is left open"
    return reader.open[0]


class _Reader(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = {"class"} if tag == "code" else {"type", "start"}
        assert {name for name, _ in attrs} <= allowed, (tag, attrs)
        element = Element(tag)
        self.open[-1].content.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


# GitHub Docs, "Basic writing and formatting syntax" and "Autolinked references and URLs": what GitHub itself links in
# what its parser leaves as text; it does not look into code. (It links hexadecimal digits too, but only those of a
# commit that is there.) A dollar sign in a span of its own begins no formula.
_LINKED: Final = re.compile(r"(?<!\w)@\w|(?<!&)#\w|\bGH-\d|https?://|\bwww\.|:[a-z+0-9_-]+:|\$\S", re.IGNORECASE)


def linked(element: Element) -> list[str]:
    """What GitHub would turn into a link, a mention, an emoji or a formula."""
    found = []
    for part in element.content:
        if isinstance(part, str):
            found += _LINKED.findall(part)
        elif part.tag not in ("code", "pre", "span"):
            found += linked(part)
    return found
