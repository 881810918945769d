"""Who can do what, as a table and for programs."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from provisioner.access.asking.identity import Identity
from provisioner.access.asking.listing import Account, Listing, Places
from provisioner.access.asking.location import BucketKind, Location
from provisioner.access.asking.reach import Reach
from provisioner.changes.account import account_words
from provisioner.reading.printable import printable
from provisioner.reporting.access.words import identity_object, identity_words, place_words, where
from provisioner.reporting.columns import aligned
from provisioner.reporting.json_text import json_text
from provisioner.reporting.terminal import Style
from provisioner.settings import Settings

JSON_VERSION: Final = 1
"""Raised when a field of the JSON changes its meaning or goes."""
WIDTH: Final = 160
"""Characters of the table's lines; where more are needed, long names lose their middle. The JSON has them whole."""
_HEADINGS: Final = ("who", "may", "where", "until", "by")
_NO_END: Final = "-"


def as_text(listing: Listing, settings: Settings, style: Style) -> str:
    """What was asked about, the table, and what it leaves open."""
    lines = [*_about(listing, settings, style)]
    if listing.reaches:
        rows = [_HEADINGS, *(_row(reach, settings) for reach in listing.reaches)]
        head, *others = aligned(rows, WIDTH, names=(0, 2), right=())
        lines += ["", style.bold(head), *others]
    if isinstance(listing.subject, Places):
        notes = [_left_open(location, settings) for location in listing.subject.locations]
        lines += ["", *dict.fromkeys(note for note in notes if note)]
    return "\n".join(lines).rstrip() + "\n"


def _about(listing: Listing, settings: Settings, style: Style) -> Iterator[str]:
    match listing.subject:
        case Places(locations=locations):
            for location in locations:
                place = style.bold(where(location.bucket, location.key))
                yield f"{place}: {place_words(location, settings)}"
        case Account(account_id=account_id):
            ours = account_id == settings.account_id
            yield "our own account" if ours else account_words(account_id, settings).plain
        case Identity() as identity:
            yield f"{style.bold(identity_words(identity, settings))}: {printable(identity.arn)}"


def tally(listing: Listing) -> str:
    """The result in one sentence."""
    people = len({reach.identity.arn for reach in listing.reaches})
    places = len({(reach.bucket, reach.prefix) for reach in listing.reaches})
    return f"{people:,} principal{'s' * (people != 1)}, {places:,} place{'s' * (places != 1)}, on {listing.day} (UTC)"


def _row(reach: Reach, settings: Settings) -> tuple[str, ...]:
    return (
        identity_words(reach.identity, settings),
        ", ".join(reach.verbs),
        where(reach.bucket, reach.prefix),
        reach.until.isoformat() if reach.until else _NO_END,
        f"{reach.dataset[0].value} {reach.dataset[1]}" if reach.dataset else "the stack",
    )


def _left_open(location: Location, settings: Settings) -> str | None:
    """What the table of a place does not say."""
    if location.kind is BucketKind.TARGET:
        return f"What the owner of {location.bucket} lets others do there is not known here."
    if _is_sealed(location, settings):
        role = settings.break_glass_role
        exception = f", but {role} if its own policies let it" if role else ""
        return f"Sealed: nobody else touches the files in {where(location.bucket, location.key)}{exception}."
    return (
        f"Not sealed: a role of our own account whose policies are from elsewhere, with `s3:*` on `*`, can do all in "
        f"{where(location.bucket, location.key)}."
    )


def as_json(listing: Listing, settings: Settings, _style: Style) -> str:
    """An object with what was asked about and a list of who can do what; docs/reference.md says what is in it."""
    locations = listing.subject.locations if isinstance(listing.subject, Places) else ()
    held = {
        "version": JSON_VERSION,
        "at": listing.day.isoformat(),
        "places": [_place_object(location, settings) for location in locations],
        "reaches": [reach_object(reach, settings) for reach in listing.reaches],
    }
    return json_text(held) + "\n"


def _place_object(location: Location, settings: Settings) -> dict[str, Any]:
    return {
        "bucket": location.bucket,
        "prefix": location.key,
        "as": location.kind.value,
        "bucket_account": location.owner,
        "sealed": _is_sealed(location, settings) if location.ours else None,
    }


def _is_sealed(location: Location, settings: Settings) -> bool:
    """Whether all that datasets have at a place of ours is sealed."""
    return bool(location.datasets) and all(dataset.is_sealed(settings) for dataset in location.datasets)


def reach_object(reach: Reach, settings: Settings) -> dict[str, Any]:
    """What somebody can do in one place, as JSON has it."""
    kind, name = reach.dataset or (None, None)
    return {
        "principal": identity_object(reach.identity, settings),
        "verbs": list(reach.verbs),
        "bucket": reach.bucket,
        "prefix": reach.prefix,
        "until": reach.until.isoformat() if reach.until else None,
        "kind": kind.value if kind else None,
        "dataset": name,
    }


FORMATS: Final[dict[str, Callable[[Listing, Settings, Style], str]]] = {"text": as_text, "json": as_json}
