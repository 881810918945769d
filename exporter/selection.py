"""What a run has selected and not yet read: the rows of one query, within the run's snapshot."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol


class Column(NamedTuple):
    """A column of a selection, as it is to be written."""

    name: str
    type: str
    """PostgreSQL's own name of the type, as `format_type` gives it: `numeric(10,2)`, `timestamp with time zone`."""


class Session(NamedTuple):
    """How another driver opens a session that reads in the run's snapshot."""

    url: str
    """Of the database, with its password."""
    begin: tuple[str, ...]
    """The statements it begins with, one after another; the last of them leave it within a transaction."""


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

    def other_session(self) -> Session:
        """For a reader that brings its own driver."""
