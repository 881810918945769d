"""The files that a unit opens: recorded before they are written, staged together, discarded together."""

from dataclasses import dataclass, field

from exporter.encode.encode import Encoded
from exporter.engine.events import FileOpened, FileRevealed, FileStaged
from exporter.engine.work import Work
from exporter.ledger.model import File
from exporter.publish.target import Sink, Staged
from provisioner.exports.model import Publish


@dataclass(kw_only=True)
class Files:
    """What was opened for one attempt at a unit."""

    work: Work
    task: str
    partition: str | None
    publish: Publish
    _sinks: list[Sink] = field(default_factory=list)
    _staged: list[Staged] = field(default_factory=list)

    def open(self, key: str) -> Sink:
        """Begin a file; its token is in the ledger before its first byte is written."""
        sink = self.work.target.open(key, self.publish)
        self._sinks.append(sink)
        self.work.ledger.stage(self.work.run.id, sink.token)
        self.work.tell(FileOpened(task=self.task, partition=self.partition, key=key))
        return sink

    def stage(self, encoded: Encoded) -> tuple[File, ...]:
        """Make every file safe. Until this transaction of theirs is committed they may be discarded."""
        files = []
        for file in encoded.files:
            staged = file.sink.stage()
            self._staged.append(staged)
            self.work.tell(FileStaged(task=self.task, partition=self.partition, key=staged.key, bytes=staged.bytes))
            files.append(
                File(
                    run=self.work.run.id,
                    task=self.task,
                    partition=self.partition,
                    key=staged.key,
                    bytes=staged.bytes,
                    sha256=staged.sha256,
                    records=file.records,
                    token=staged.token,
                    publish=self.publish,
                    staged_at=self.work.clock.now(),
                    revealed_at=None,
                    manifest=None,
                )
            )
        return tuple(files)

    def discard(self) -> None:
        """Undo it all: nothing was committed."""
        for sink in self._sinks:
            sink.discard()
        for staged in self._staged:
            self.work.target.abandon(staged.token)
        self.work.ledger.forget([sink.token for sink in self._sinks])


def reveal(work: Work, file: File) -> None:
    """Give a committed file its key, and record that."""
    work.target.reveal(file.staged, file.publish)
    work.ledger.reveal(file, at=work.clock.now())
    work.tell(FileRevealed(task=file.task, partition=file.partition, key=file.key))
