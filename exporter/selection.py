"""What a run has selected and not yet read: the rows of one query, within the run's snapshot."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol


class Column(NamedTuple):
    """A column of a selection, as it is to be written."""

    name: str
    type: str
    """PostgreSQL's own name of the type, as `format_type` gives it: `numeric(10,2)`, `timestamp with time zone`."""


class Selection(Protocol):
    """The rows of a task, or of one of its partitions. It can be read once."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """What each row has, in order: renamed, re-coded and without what is hidden."""

    @property
    def statement(self) -> str:
        """The whole SELECT, its parameters in their places and its rows in their order."""

    @property
    def timezone(self) -> str:
        """The IANA name of the export's time zone, which the session that reads is set to."""

    def rows(self, options: str) -> Iterator[list[bytes]]:
        """The rows as `COPY (statement) TO STDOUT WITH (options)` sends them, some at a time, never all in memory.

        No list is empty. With `HEADER` among the options the first row is the header.
        """

    def connection(self) -> tuple[str, str]:
        """The URL of the database and the name of the snapshot, for a reader that brings its own connection.

        It must begin with `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT 'name'`
        and set its time zone.
        """
