"""An export, typed and frozen: what `export:` in a dataset file says once it is known to be right."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from provisioner.exports.template import Template
from provisioner.reading.problem import Place


class Mode(StrEnum):
    """Which rows of its query a run takes."""

    WHOLE = "whole"
    """All of them, each time."""
    WINDOW = "window"
    """Those that a cursor column says have changed since the last run."""


class Format(StrEnum):
    """What a file is written as."""

    CSV = "csv"
    CSV_GZ = "csv.gz"
    XML = "xml"
    PARQUET = "parquet"
    ORC = "orc"


class Publish(StrEnum):
    """What happens where a file of that key is there already."""

    ONCE = "once"
    """It is never overwritten: each file has a key of its own."""
    REPLACE = "replace"
    """The new one takes its place, at once and whole."""


class WhenEmpty(StrEnum):
    """What a run that finds no row makes."""

    SKIP = "skip"
    """No file; the run is recorded as empty."""
    WRITE = "write"
    """A file without rows: of a CSV its header alone. The run is recorded as empty all the same."""


class Quote(StrEnum):
    """Which fields of a CSV stand in quotes."""

    NEEDED = "needed"
    ALL = "all"


class LineEnd(StrEnum):
    """How a line of a CSV ends."""

    LF = "lf"
    CRLF = "crlf"


class LedgerPlace(StrEnum):
    """Where an export's ledger and cursors are kept."""

    SOURCE = "source"
    """In a schema of the source database: what is deleted and what is recorded are one transaction."""
    FILE = "file"
    """In an SQLite file, for a source that may only be read; nothing can be deleted then."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """One SQL statement."""

    text: str
    """The bare statement, without `COPY (…) TO STDOUT …` and a last semicolon; parameters stand as `:name`."""
    file: str | None
    """The file it stands in, from the checkout's root; None for one written in the dataset file itself."""
    place: Place
    """Where it is said in the dataset file."""
    columns: tuple[str, ...] | None
    """The names of what it selects or returns, in order; None where only the database can tell (`select *`)."""
    ordered: bool = False
    """Whether it ends in an ORDER BY of its own."""
    parameters: tuple[str, ...] = ()
    """The names that it asks for as `:name`, each once."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """What is different between a column and the field that is written of it."""

    name: str | None = None
    """The name it is written by, if not the column's."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """Values that are written as another, as texts; any other value is written as it is."""
    since: str | None = None
    """The first partition whose files have it; those are compared as numbers if both are, else as texts."""
    hidden: bool = False
    """It is selected, as a cursor must be, and not written."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """The one archive that a task's parts go into."""

    part: Template
    """The name of a part in the archive; `{stem}` is the archive's own name without its ending."""
    manifest: str | None = None
    """The name of the XML file that says how many records there are; it is the last in the archive."""
    count: tuple[str, ...] = ()
    """The elements of that file, from the root down to the one that holds the count."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One query and the files that are made of it."""

    name: str
    query: Query
    key: Template
    """The key of each file, behind the dataset's prefix."""
    delete: Query | None = None
    """What removes the exported rows, in the transaction that records the export."""
    mode: Mode = Mode.WHOLE
    cursor: tuple[str, ...] = ()
    """The columns whose time says when a row changed: a row is taken if any of them lies in the window."""
    partitions: Query | None = None
    """Lists the partitions, a row each: every one has its own cursor, numbers and files. The first column names it;
    all are parameters of the query and placeholders of the key."""
    order: tuple[str, ...] = ()
    """The columns the rows are ordered by; by all of them, from the left, if neither this nor the query says."""
    fields: Mapping[str, Field] = field(default_factory=dict)
    """By column, where a field is not simply its column."""
    format: Format = Format.CSV_GZ
    quote: Quote = Quote.NEEDED
    line_end: LineEnd = LineEnd.LF
    root: str = "records"
    """The name of an XML file's outermost element."""
    record: str = "record"
    """The name of the element of an XML record."""
    compression: str = "zstd"
    """Of a parquet or ORC file: `zstd`, `snappy` or `none`."""
    records_per_part: int | None = None
    """The most records of one file, or of one part of an archive."""
    package: Package | None = None
    publish: Publish = Publish.ONCE
    when_empty: WhenEmpty = WhenEmpty.SKIP
    place: Place
    """Where the task is said in the dataset file."""


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """How old the last run that went well may be."""

    warn_after: datetime.timedelta | None = None
    error_after: datetime.timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The CSV file of a run that lists its files, a row each; it is written from the ledger."""

    key: Template
    columns: Mapping[str, Template]
    """The headers, in order, and what stands under each."""


@dataclass(frozen=True, kw_only=True)
class Export:
    """How the files of a dataset are made."""

    source: str
    """The name of the database in the settings."""
    schedule: str | None = None
    """When it runs: the five fields of cron, in `timezone`; None for one that is run by hand."""
    timezone: str = "UTC"
    """An IANA name. Times in keys, schedules and files are of this zone."""
    ledger: LedgerPlace = LedgerPlace.SOURCE
    lag: datetime.timedelta | None = None
    """How long before now a window ends; None to let it end before the oldest transaction still open."""
    parallel: int = 1
    """How many tasks and partitions are exported at a time."""
    freshness: Freshness = Freshness()
    manifest: Manifest | None = None
    tasks: tuple[Task, ...]
    place: Place
