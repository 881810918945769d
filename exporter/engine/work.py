"""What every part of a run has at hand."""

import datetime
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from exporter.engine.clock import Clock
from exporter.engine.events import Event, Observer
from exporter.engine.request import Request
from exporter.ledger.model import Run
from exporter.ledger.sql import SqlLedger
from exporter.publish.target import Target
from provisioner.exports.model import Export
from provisioner.exports.template import Value


@dataclass(frozen=True, kw_only=True)
class Work:
    """A run that is under way."""

    run: Run
    export: Export
    request: Request
    url: str
    target: Target
    ledger: SqlLedger
    clock: Clock
    until: datetime.datetime | None
    """Where its windows end; None where no task has one."""
    observe: Observer
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, event: Event) -> None:
        """Tell the observer, one thread at a time."""
        with self._turn:
            self.observe(event)

    @property
    def started(self) -> datetime.datetime:
        """The run's start, in the export's time zone."""
        return self.run.started_at.astimezone(ZoneInfo(self.export.timezone))

    @property
    def parameters(self) -> Mapping[str, Value]:
        """Of every query of the run."""
        return {"run_at": self.started}

    @property
    def placeholders(self) -> Mapping[str, Value]:
        """Of every key of the run."""
        return {"time": self.started, "run": self.run.number}
