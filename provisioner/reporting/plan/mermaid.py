"""The way that data goes, as a Mermaid flowchart of what changes: users, a prefix or bucket, its target or readers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from provisioner.access.grants import Grant, Principal, PrincipalKind, Verb
from provisioner.changes.change import Change, GrantChange
from provisioner.datasets.model import AzureReader, GoogleReader
from provisioner.reading.printable import printable, shortened
from provisioner.settings import Settings

MAX_DATASETS: Final = 10
"""Datasets in one picture; with more it can no longer be read."""
MAX_PEOPLE: Final = 5
"""Users, and readers, that are named of one dataset."""
_WIDTH: Final = 40
"""Characters of one line of a label."""

# Even within quotes Mermaid looks for `direction LR`.
_UNSAFE: Final = re.compile(r"[^\w ./…-]|\ufb02|(?<=direction) ")
_BEGINNERS: Final = "$:\\\u00b6\ufb02"
"""What begins a formula, an icon, a line break, and a number as Mermaid itself writes it: for these it looks once more
after the numbers have become characters."""
_BREAK: Final = "#8203;"
"""A space without width, after which none of them goes on."""

_PEOPLE: Final = "({})"
_PLACE: Final = "[({})]"
_ASIDE: Final = "[{}]"
_ARROWS: Final = {Change.COMES: "==>", Change.GOES: "-.->", Change.CHANGES: "-->"}
_COLOURS: Final = {Change.COMES: "#1a7f37", Change.GOES: "#cf222e", Change.CHANGES: "#9a6700"}
_WRITERS: Final = (PrincipalKind.USER, PrincipalKind.EXPORTER)
"""Those whose arrows lead to a place."""

_Place = tuple[str, str]
"""A bucket and a prefix in it."""
_Changes = tuple[tuple[Change, str], ...]
"""What becomes of what somebody may do: of each change the verbs, and of a new end the day."""


class _Person(NamedTuple):
    """Somebody in one place, and what changes for them there."""

    name: str
    whose: str
    """Whose role or user it is; empty for a platform user."""
    place: _Place
    changes: _Changes


class _Edge(NamedTuple):
    """An arrow; its label is of our own words."""

    start: str
    end: str
    label: str
    change: Change


class _Picture:
    """Nodes and edges. A place is drawn once, people beside each of their places: so few arrows cross."""

    def __init__(self) -> None:
        self._nodes: list[str] = []
        self._places: dict[_Place, str] = {}
        self._edges: list[_Edge] = []

    def node(self, shape: str, *lines: str) -> str:
        """The id of a new node of a shape, with lines of text that may be somebody else's."""
        name = f"n{len(self._nodes)}"
        self._nodes.append(f"{name}{shape.format(label(*lines))}")
        return name

    def place(self, bucket: str, prefix: str = "") -> str:
        """The id of a bucket's node, or of a prefix's."""
        found = self._places.get((bucket, prefix))
        if found is None:
            found = self.node(_PLACE, f"{bucket}/", prefix) if prefix else self.node(_PLACE, bucket)
            self._places[bucket, prefix] = found
        return found

    def edge(self, start: str, end: str, label: str, change: Change) -> None:
        """An arrow between two nodes, by their ids."""
        self._edges.append(_Edge(start, end, label, change))

    def lines(self) -> Iterator[str]:
        """The picture as Mermaid reads it."""
        yield "flowchart LR"
        for node in self._nodes:
            yield f"    {node}"
        for edge in self._edges:
            yield f"    {edge.start} {_ARROWS[edge.change]}|{edge.label}| {edge.end}"
        for change, colour in _COLOURS.items():
            numbers = [str(number) for number, edge in enumerate(self._edges) if edge.change is change]
            if numbers:
                yield f"    linkStyle {','.join(numbers)} stroke:{colour},stroke-width:2px"


def label(*lines: str) -> str:
    """Lines of text as a label: whatever Mermaid could take for its own is written as a character's number."""
    shown = (shortened(printable(line), _WIDTH) for line in lines)
    return f'"{"<br>".join(_UNSAFE.sub(_number, line) for line in shown)}"'


def _number(found: re.Match[str]) -> str:
    character = found.group()
    return f"#{ord(character)};" + (_BREAK if character in _BEGINNERS else "")


def flowchart(grants: Iterable[GrantChange], settings: Settings) -> str:
    """The lines of a flowchart; empty if there is nothing to draw.

    Args:
        grants: what changes. Not drawn is who may list, and what a delivery role may do in the export bucket.
        settings: those after the change.
    """
    datasets: dict[str, list[GrantChange]] = {}
    for change in grants:
        if _is_drawn(change):
            datasets.setdefault(change.file, []).append(change)
    if not datasets:
        return ""
    picture = _Picture()
    for changes in list(datasets.values())[:MAX_DATASETS]:
        _draw(changes, picture, settings)
    more = len(datasets) - MAX_DATASETS
    if more > 0:
        picture.node(_ASIDE, f"… and {more:,} more dataset{'s' * (more != 1)}")
    return "\n".join(picture.lines())


def _is_drawn(change: GrantChange) -> bool:
    grant = change.latest
    return grant.verb is Verb.WRITE if grant.principal.kind is PrincipalKind.DELIVERY else grant.verb is not Verb.LIST


def _draw(changes: Sequence[GrantChange], picture: _Picture, settings: Settings) -> None:
    """The grants of one dataset: people alike as one node, what is exported or delivered as an arrow."""
    for kind in (*_WRITERS, PrincipalKind.READER, PrincipalKind.WORKLOAD):
        crowds: dict[tuple[_Place, _Changes, str | None], list[str]] = {}
        for at, person in enumerate(_people(changes, kind, settings)):
            whose = person.whose if at < MAX_PEOPLE else None
            crowds.setdefault((person.place, person.changes, whose), []).append(person.name)
        for (where, theirs, whose), names in crowds.items():
            lines = [f"… and {len(names):,} more"] if whose is None else [*names, *([f"of {whose}"] if whose else [])]
            crowd, place = picture.node(_PEOPLE, *lines), picture.place(*where)
            for change, what in theirs:
                start, end = (crowd, place) if kind in _WRITERS else (place, crowd)
                picture.edge(start, end, _words(change, what, len(names)), change)
    for delivery in changes:
        grant = delivery.latest
        if grant.principal.kind is PrincipalKind.DELIVERY:
            words = "no longer delivered" if delivery.change is Change.GOES else "now delivered"
            source, target = picture.place(settings.export_bucket, grant.prefix), picture.place(grant.bucket)
            picture.edge(source, target, words, delivery.change)


def _people(changes: Iterable[GrantChange], kind: PrincipalKind, settings: Settings) -> Iterator[_Person]:
    theirs: dict[tuple[Principal, _Place], list[GrantChange]] = {}
    for change in changes:
        grant = change.latest
        if grant.principal.kind is kind:
            theirs.setdefault((grant.principal, (grant.bucket, grant.prefix)), []).append(change)
    for (principal, place), some in theirs.items():
        what = ((change, _what([one.latest for one in some if one.change is change], change)) for change in Change)
        named = tuple((change, verbs) for change, verbs in what if verbs)
        yield _Person(_name(principal), _whose(principal, settings), place, named)


def _what(grants: Sequence[Grant], change: Change) -> str:
    verbs = ", ".join(sorted({grant.verb.value for grant in grants}))
    if not grants or change is not Change.CHANGES:
        return verbs
    until = grants[0].until  # that of the dataset, and so of every grant
    return f"{verbs} until {until}" if until else f"{verbs} without end"


def _words(change: Change, what: str, people: int) -> str:
    if change is Change.CHANGES:
        return what
    verb = "gain" if change is Change.COMES else "lose"
    return f"{verb}{'s' * (people == 1)} {what}"


def _name(principal: Principal) -> str:
    match principal.workload:
        case GoogleReader(service_account_id=number):
            return f"service account {number}"
        case AzureReader(object_id=identity):
            return f"identity {identity}"
        case None:
            return principal.name


def _whose(principal: Principal, settings: Settings) -> str:
    if principal.kind in _WRITERS:
        return ""
    match principal.workload:
        case GoogleReader():
            return "Google Cloud"
        case AzureReader(tenant=tenant):
            return f"Azure tenant {tenant}"
    if principal.account_id == settings.account_id:
        return "our own account"
    return settings.account_name(principal.account_id) or f"account {principal.account_id}"
