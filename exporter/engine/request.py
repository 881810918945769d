"""What is asked of one run."""

import datetime
from dataclasses import dataclass

from exporter.failure import ExportError
from exporter.ledger.model import Kind
from provisioner.exports.model import Export, Mode, Task


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a run shall do beyond, or short of, what is due."""

    full: bool = False
    """All rows whatever the cursors say, under the next base number."""
    task: str | None = None
    """Only this task."""
    partition: str | None = None
    """Only this partition."""
    since: datetime.datetime | None = None
    """With `until`: export this window again, and move no cursor."""
    until: datetime.datetime | None = None
    delete: bool = True
    """Whether rows are deleted, of a task that deletes."""

    @property
    def kind(self) -> Kind:
        """What the ledger calls it."""
        if self.since or self.until:
            return Kind.BACKFILL
        return Kind.FULL if self.full else Kind.PARTIAL

    def tasks(self, name: str, export: Export) -> tuple[Task, ...]:
        """The tasks it is about.

        Raises:
            ExportError: it asks for what the export does not have.
        """
        tasks = tuple(task for task in export.tasks if self.task in {None, task.name})
        if not tasks:
            known = ", ".join(f"'{task.name}'" for task in export.tasks)
            raise ExportError(f"the export '{name}' has no task '{self.task}'; it has {known}")
        if self.kind == Kind.BACKFILL:
            if self.full or not (self.since and self.until) or self.since >= self.until:
                raise ExportError("a backfill is of a window: from a time to a later one, and not of everything")
            tasks = tuple(task for task in tasks if task.mode == Mode.WINDOW)
            if not tasks:
                raise ExportError(f"nothing of the export '{name}' has a cursor, so it has no window to export again")
        return tasks
