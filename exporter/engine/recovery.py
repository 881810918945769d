"""What an earlier run left when it died: what is committed is finished, what is not is undone."""

from exporter.engine.clock import Clock
from exporter.engine.events import FileRevealed, Observer, Recovered
from exporter.ledger.model import File
from exporter.ledger.sql import SqlLedger
from exporter.publish.target import Target


def recover(export: str, target: Target, ledger: SqlLedger, clock: Clock, observe: Observer) -> None:
    """Finish or undo. It may itself die and be done again. The lock must be held.

    Raises:
        ExportError: a file could not be revealed or removed yet; the next run tries again.
    """
    # First: a run that is called failed can commit no more, so what is looked up below stays true.
    dead = ledger.bury(export, target.url, at=clock.now())
    revealed: list[File] = []
    for file in ledger.unrevealed(export, target.url):
        target.reveal(file.staged, file.publish)
        ledger.reveal(file, at=clock.now())
        revealed.append(file)
        observe(FileRevealed(task=file.task, partition=file.partition, key=file.key))
    orphans = ledger.orphans(export, target.url)
    for token in orphans:
        target.abandon(token)
        ledger.forget([token])
    if dead or revealed or orphans:
        observe(Recovered(revealed=tuple(file.key for file in revealed), abandoned=len(orphans), failed=tuple(dead)))
