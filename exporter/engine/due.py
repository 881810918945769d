"""What of a unit is due in a run, or asked for: which window, which piece, under which number."""

from dataclasses import dataclass

from exporter.database.piece import Piece
from exporter.database.statement import Window
from exporter.engine.numbering import next_number
from exporter.engine.unit import Unit
from exporter.engine.work import Work
from exporter.ledger.model import Kind, Number
from provisioner.exports.model import Mode


@dataclass(frozen=True, kw_only=True)
class Due:
    """What is to be exported, as the ledger has it."""

    number: Number
    """Used if there is a file."""
    window: Window | None
    """None for all rows."""
    piece: Piece | None
    """Of a full export that is made in pieces: what comes now, besides the window."""


def due_of(work: Work, unit: Unit) -> Due:
    """What of a unit is due.

    Raises:
        ExportError: the ledger cannot be read.
    """
    who = (work.run.export, work.run.target, unit.task.name, unit.partition)
    number = next_number(work.ledger.number(*who), work.run.kind)
    if unit.task.mode != Mode.WINDOW or work.until is None:
        return Due(number=number, window=None, piece=None)
    if work.run.kind == Kind.BACKFILL:
        asked = work.request
        until = min(asked.until or work.until, work.until)
        return Due(number=number, window=Window(since=asked.since, until=until), piece=None)
    cursor = work.ledger.cursor(*who)
    # A transaction that is open for longer than since the last run: the window is empty, and no cursor goes back.
    until = max(work.until, cursor or work.until)
    piece = None
    if work.run.kind == Kind.PARTIAL:
        before = work.ledger.last_output(*who)
        if before and before.piece and before.last:
            piece = Piece(size=before.piece, after=before.last)
        since = cursor
    elif work.request.piece:
        # What came before the cursor is in the pieces; before the first run that is all there was.
        piece, since = Piece(size=work.request.piece, after=None), cursor or until
    else:
        since = None
    return Due(number=number, window=Window(since=since, until=until), piece=piece)
