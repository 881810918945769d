"""The stacks of a checkout, and what to do where their number changes: as text, JSON, names or a script."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from provisioner.reporting.columns import aligned
from provisioner.reporting.json_text import json_text
from provisioner.stacks.inventory import Share
from provisioner.stacks.moves import Move

JSON_VERSION: Final = 1
"""Raised when a field of the JSON changes its meaning or goes."""
_HEAD: Final = ("stack", "push", "pull", "people", "file")
_WIDTH: Final = 120
_AT_ONCE: Final = 200
"""URNs of one command: far fewer than a shell takes."""


def as_text(shares: Sequence[Share]) -> str:
    """A row for each stack: how many datasets and people are its own, and its file."""
    rows = [_HEAD, *(_row(share) for share in shares)]
    return "".join(f"{line}\n" for line in aligned(rows, _WIDTH, names=(0, 4), right=(1, 2, 3)))


def _row(share: Share) -> tuple[str, ...]:
    counts = (f"{len(things):,}" for things in (share.push, share.pull, share.people))
    return (share.stack.name, *counts, f"{share.file}{' is missing' if share.missing else ''}")


def as_json(shares: Sequence[Share]) -> str:
    """An object with the stacks in the order in which they are applied, each with the names of what is its own."""
    return json_text({"version": JSON_VERSION, "stacks": [_body(share) for share in shares]}) + "\n"


def _body(share: Share) -> dict[str, Any]:
    return {
        "name": share.stack.name,
        "shared": share.stack.is_shared,
        "file": share.file,
        "missing": share.missing,
        "push": [dataset.name for dataset in share.push],
        "pull": [dataset.name for dataset in share.pull],
        "people": [person.name for person in share.people],
    }


def as_names(shares: Sequence[Share]) -> str:
    """A line for each stack, in the order in which they are applied: for the loop of a script."""
    return "".join(f"{share.stack.name}\n" for share in shares)


def as_script(moves: Iterable[Move]) -> str:
    """A shell script of commands of Pulumi's that move what changes stack, in the state alone: AWS sees none of it."""
    return "\n".join(
        ("# Read it through; then run it with sh, where nothing is being applied.", "set -eu", *_lines(moves), "")
    )


def _lines(moves: Iterable[Move]) -> Iterator[str]:
    for source, target, urns in moves:
        for at in range(0, len(urns), _AT_ONCE):
            yield f"pulumi state move --yes --source {source} --dest {target} \\"
            yield " \\\n".join(f"  '{urn}'" for urn in urns[at : at + _AT_ONCE])


FORMATS: Final = {"text": as_text, "json": as_json, "names": as_names}
