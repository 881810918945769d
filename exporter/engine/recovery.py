"""What an earlier run left when it died: what is committed is finished, what is not is undone."""

from exporter.engine.clock import Clock
from exporter.engine.events import FileRevealed, Observer, Recovered
from exporter.failure import GoneError, TakenError
from exporter.ledger.model import File
from exporter.ledger.sql import SqlLedger
from exporter.publish.target import Target


def recover(export: str, target: Target, ledger: SqlLedger, clock: Clock, observe: Observer) -> tuple[str, ...]:
    """Finish or undo. It may itself die and be done again. The lock must be held.

    What no further try would mend keeps no other task from going on. A file whose key another has waits until that is
    moved away. One that is gone counts as revealed: most often its receiver took it before that was recorded. It is
    told once and listed, and `exporter verify` finds it missing.

    Returns:
        What somebody must mend, a sentence for each file.

    Raises:
        ExportError: a file could not be revealed or removed yet; the next run tries again.
    """
    # First: a run that is called failed can commit no more, so what is looked up below stays true.
    dead = ledger.bury(export, target.url, at=clock.now())
    revealed: list[File] = []
    unfinished: list[str] = []
    for file in ledger.unrevealed(export, target.url):
        try:
            target.reveal(file.staged, file.publish)
        except TakenError as error:
            unfinished.append(
                f"{error} What waits for that key is of run {file.run}: move the other away, and the next run"
                " reveals it."
            )
            continue
        except GoneError as error:
            unfinished.append(str(error))
        ledger.reveal(file, at=clock.now())
        revealed.append(file)
        observe(FileRevealed(task=file.task, partition=file.partition, key=file.key))
    orphans = ledger.orphans(export, target.url)
    for token in orphans:
        target.abandon(token)
        ledger.forget([token])
    if dead or revealed or orphans:
        observe(Recovered(revealed=tuple(file.key for file in revealed), abandoned=len(orphans), failed=tuple(dead)))
    return tuple(unfinished)
