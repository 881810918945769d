"""How full AWS's limits are, for a person: the fullest of each kind, and where the present shape ends."""

from collections.abc import Iterator, Sequence
from typing import Final

from provisioner.access.occupancy import Limit, Occupancy, first_to_end
from provisioner.reading.printable import printable
from provisioner.reporting.columns import aligned
from provisioner.reporting.terminal import Style

WIDTH: Final = 110
"""Characters of the table's lines, unless names and numbers leave no choice."""
_HEADINGS: Final = ("limit", "used", "of", "full", "fullest", "ends at", "if raised")
_NOTHING: Final = "-"


def as_text(found: Sequence[Occupancy], style: Style) -> str:
    """A table of the limits, the five fullest of each that more than one thing has, and the end in a sentence."""
    rows = [_HEADINGS, *map(_row, found)]
    head, *lines = aligned(rows, WIDTH, names=(4,), right=(1, 2, 3, 5, 6))
    shown = [style.bold(head)]
    shown += [style.bad(line) if one.over else line for one, line in zip(found, lines, strict=True)]
    for one in found:
        if one.measured > 1:
            shown += ["", *_fullest(one, style)]
    return "\n".join([*shown, "", *sentences(found)]) + "\n"


def _row(one: Occupancy) -> tuple[str, ...]:
    most = one.limit.most
    return (
        one.limit.what,
        f"{one.used:,}",
        f"{most:,}",
        _share(one.used, most),
        printable(one.fullest[0].whose) if one.fullest else _NOTHING,
        _NOTHING if one.ends_at is None else f"{one.ends_at:,}",
        _NOTHING if one.ends_raised is None else f"{one.ends_raised:,}",
    )


def _share(used: int, most: int) -> str:
    return f"{100 * used / most:.0f} %"


def _fullest(one: Occupancy, style: Style) -> Iterator[str]:
    limit = one.limit
    yield style.bold(f"{limit.what}: the fullest of {one.measured:,}")
    for use in one.fullest:
        yield f"  {use.used:>8,} {limit.unit}  {_share(use.used, limit.most):>5}  {printable(use.whose)}"


def sentences(found: Sequence[Occupancy]) -> Iterator[str]:
    """What ends first, as AWS is and as far as it is raised; and what is over, with what to do."""
    first = first_to_end(found, lambda one: one.ends_at)
    if first is None:
        yield "No limit is filled by more datasets of the present shape."
    else:
        yield (
            f"In the present shape the first limit to end is {_named(first.limit, first.limit.most)}: "
            f"at {_datasets(first.ends_at)}."
        )
    last = first_to_end(found, lambda one: one.last_end)
    if last is not None:
        most = last.limit.most if last.limit.raised is None else last.limit.raised
        what = _named(last.limit, most)
        yield f"Once AWS has raised all that it raises, it is {what}: at {_datasets(last.last_end)}."
    for one in found:
        if one.over:
            yield f"{one.limit.what}: {one.used:,} {one.limit.unit}, {one.limit.most:,} allowed; {_advice(one)}"


def _named(limit: Limit, most: int) -> str:
    return f"the {most:,} {limit.unit} of '{limit.what}'"


def _datasets(count: int | None) -> str:
    return f"{count:,} dataset{'s' * (count != 1)}"


def _advice(one: Occupancy) -> str:
    raised = one.limit.raised
    if raised is None or one.used > raised:
        return "AWS does not raise it so far: move datasets to a stack in another account"
    return f"ask AWS for more, it raises this to {raised:,} at most"
