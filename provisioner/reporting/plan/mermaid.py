"""The way that data goes, as a Mermaid flowchart of what changes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from provisioner.access.grants import Grant, PrincipalKind, Verb
from provisioner.changes.change import Change, GrantChange
from provisioner.reading.printable import printable, shortened
from provisioner.settings import Settings

MAX_DATASETS: Final = 10
"""Datasets in one picture; with more it can no longer be read."""
MAX_PEOPLE: Final = 5
"""Users, and readers, that are drawn of one dataset."""
_WIDTH: Final = 48
"""Characters of a label."""

_ARROWS: Final = {Change.COMES: "==>", Change.GOES: "-.->", Change.CHANGES: "-->"}
_COLOURS: Final = {Change.COMES: "#1a7f37", Change.GOES: "#cf222e", Change.CHANGES: "#9a6700"}
_WORDS: Final = {Change.COMES: "gains ", Change.GOES: "loses ", Change.CHANGES: "new end: "}


class _Edge(NamedTuple):
    start: str
    end: str
    label: str
    change: Change


class _Picture:
    """Nodes and edges, each node once."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[str, str, str], str] = {}
        self._edges: list[_Edge] = []

    def node(self, shape: str, text: str, beside: str = "") -> str:
        """The id of a node of a shape, such as `([{}])`, with a text of somebody else's.

        The same shape and text are the same node, unless they stand beside different others.
        """
        return self._nodes.setdefault((shape, text, beside), f"n{len(self._nodes)}")

    def edge(self, start: str, end: str, label: str, change: Change) -> None:
        edge = _Edge(start, end, label, change)
        if edge not in self._edges:
            self._edges.append(edge)

    def lines(self) -> Iterator[str]:
        yield "flowchart LR"
        for (shape, text, _), name in self._nodes.items():
            yield f"    {name}{shape.format(label(text))}"
        for edge in self._edges:
            yield f"    {edge.start} {_ARROWS[edge.change]}|{edge.label}| {edge.end}"
        for change, colour in _COLOURS.items():
            numbers = [str(number) for number, edge in enumerate(self._edges) if edge.change is change]
            if numbers:
                yield f"    linkStyle {','.join(numbers)} stroke:{colour}"


def label(text: str) -> str:
    """A text as a label: whatever Mermaid could take for its own is written as a character's number."""
    shown = shortened(printable(text), _WIDTH)
    return '"' + re.sub(r"[^\w ./:…-]", lambda found: f"#{ord(found.group())};", shown) + '"'


def flowchart(grants: Iterable[GrantChange], settings: Settings) -> str:
    """The lines of a flowchart: users, the prefix or bucket, and the target or readers; empty if nothing changes."""
    datasets: dict[str, list[GrantChange]] = {}
    for change in grants:
        datasets.setdefault(change.file, []).append(change)
    if not datasets:
        return ""
    picture = _Picture()
    for changes in list(datasets.values())[:MAX_DATASETS]:
        _draw(changes, picture, settings)
    more = len(datasets) - MAX_DATASETS
    if more > 0:
        picture.node("[{}]", f"… and {more:,} more datasets")
    return "\n".join(picture.lines())


def _draw(changes: Sequence[GrantChange], picture: _Picture, settings: Settings) -> None:
    """The grants of one dataset."""
    users = _by_principal(changes, PrincipalKind.USER)
    readers = _by_principal(changes, PrincipalKind.READER)
    for people, shape, inward in ((users, "([{}])", True), (readers, "([{}])", False)):
        for theirs in list(people)[:MAX_PEOPLE]:
            grant = theirs[0].latest
            somebody = picture.node(shape, _name(theirs[0], settings))
            place = picture.node("[({})]", _place(grant))
            for change in Change:
                verbs = sorted({one.latest.verb.value for one in theirs if one.change is change} - {Verb.LIST.value})
                if verbs:
                    ends = (somebody, place) if inward else (place, somebody)
                    picture.edge(*ends, _WORDS[change] + ", ".join(verbs), change)
        more = len(people) - MAX_PEOPLE
        if more > 0:
            first = people[0][0].latest
            place = picture.node("[({})]", _place(first))
            crowd = picture.node(shape, f"… and {more:,} more", f"{place}{inward}")
            picture.edge(*((crowd, place) if inward else (place, crowd)), "likewise", people[0][0].change)
    for delivery in changes:
        grant = delivery.latest
        if grant.principal.kind is PrincipalKind.DELIVERY and grant.verb is Verb.WRITE:
            place = picture.node("[({})]", f"{settings.export_bucket}/{grant.prefix}")
            target = picture.node("[({})]", grant.bucket)
            word = "no longer delivered" if delivery.change is Change.GOES else "now delivered"
            picture.edge(place, target, word, delivery.change)


def _by_principal(changes: Iterable[GrantChange], kind: PrincipalKind) -> list[list[GrantChange]]:
    found: dict[str, list[GrantChange]] = {}
    for change in changes:
        if change.latest.principal.kind is kind:
            found.setdefault(change.latest.principal.arn, []).append(change)
    return list(found.values())


def _place(grant: Grant) -> str:
    """A prefix with its bucket, or a bucket."""
    return f"{grant.bucket}/{grant.prefix}" if grant.prefix else grant.bucket


def _name(change: GrantChange, settings: Settings) -> str:
    principal = change.latest.principal
    if principal.kind is PrincipalKind.USER:
        return principal.name
    account = settings.account_name(principal.account_id) or principal.account_id
    return f"{principal.name} of {account}"
