"""The keys of `export:` in a dataset file: the one table behind the reader, the schemas and the reference."""

import dataclasses
from typing import Final

from provisioner.reading.keys import Key, Type

TASK_NAME_PATTERN: Final = "^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$"
"""As a name of a file, a placeholder's value and a line of a log it must need no escape anywhere."""

_FIELDS: Final = Key(
    name="fields",
    type=Type.RECORD_MAP,
    description="By column, where a field of the file is not simply the column.",
    example={"startdate": {"name": "STARTDATE"}},
    fields=(
        Key(
            name="name",
            type=Type.TEXT,
            description="The name that the field is written by.",
            example="STARTDATE",
            max_length=200,
            also_called=("as", "rename"),
        ),
        Key(
            name="codes",
            type=Type.TEXT_MAP,
            description="Values that are written as another; any other value is written as it is.",
            example={"20": "5"},
            also_called=("values", "recode", "map"),
        ),
        Key(
            name="since",
            type=Type.TEXT,
            description="The first partition whose files have the field, in quotes.",
            example="2024",
            max_length=100,
            also_called=("from",),
        ),
        Key(
            name="hidden",
            type=Type.FLAG,
            default=False,
            description="Whether the column is selected, as a cursor must be, and not written.",
            example=True,
            also_called=("hide", "skip"),
        ),
    ),
    also_called=("columns", "field"),
)
_PACKAGE: Final = Key(
    name="package",
    type=Type.RECORD,
    description="The one zip archive that a task's parts go into; without it each part is a file of its own.",
    example={"part": "{stem}_pt{part:03}.xml"},
    fields=(
        Key(
            name="part",
            type=Type.TEXT,
            required=True,
            description="The name of a part in the archive. Placeholders: those of the key, `{stem}` (the archive's "
            "name without its ending) and `{part}`.",
            example="{stem}_pt{part:03}.xml",
            max_length=200,
            also_called=("parts", "name"),
        ),
        Key(
            name="manifest",
            type=Type.TEXT,
            description="The name of the XML file, last in the archive, that says how many records there are.",
            example="manifest.xml",
            max_length=200,
        ),
        Key(
            name="count",
            type=Type.TEXT,
            description="The elements of that file from the root to the one with the count, with `/` between them.",
            example="report/form-data-summary/records/count-of-records",
            max_length=500,
            also_called=("path",),
        ),
    ),
    also_called=("zip", "archive"),
)

_QUERY: Final = Key(
    name="query",
    type=Type.LINES,
    required=True,
    description="What is exported: a SELECT, or the name of a file that ends in `.sql` in the folder beside the dataset"
    " file that is named as the dataset. Parameters: the partition's columns and `:run_at`.",
    example="lettings_logs.sql",
    also_called=("select", "sql", "select_query"),
)
TASK_DEFAULTS: Final = (
    _QUERY,
    Key(
        name="delete",
        type=Type.LINES,
        description="What removes the exported rows from the source, in the transaction that records the export: "
        "a DELETE, or the name of a file.",
        example="delete.sql",
        also_called=("delete_query",),
    ),
    Key(
        name="mode",
        type=Type.TEXT,
        default="whole",
        choices=("whole", "window"),
        description="Which rows a run takes: all of them, or those that a cursor says have changed since the last run.",
        example="window",
    ),
    Key(
        name="cursor",
        type=Type.TEXT_OR_TEXTS,
        description="The columns, one or several, whose time says when a row changed; one in the window is enough.",
        example=["updated_at"],
        also_called=("cursors", "watermark", "updated_at"),
    ),
    Key(
        name="partitions",
        type=Type.LINES,
        description="Lists the partitions, a row each, as a SELECT or a file's name. The first column names the "
        "partition; all are `:parameters` of the query and `{placeholders}` of the key.",
        example="select start_year, end_year from collections order by start_year",
        also_called=("partition", "partition_by"),
    ),
    Key(
        name="order",
        type=Type.TEXT_OR_TEXTS,
        description="The columns the rows are ordered by. Without it, the query's own ORDER BY, or all columns.",
        example=["id"],
        also_called=("order_by", "sort"),
    ),
    _FIELDS,
    Key(
        name="format",
        type=Type.TEXT,
        default="csv.gz",
        choices=("csv", "csv.gz", "xml", "parquet", "orc"),
        description="What a file is written as.",
        example="xml",
    ),
    Key(
        name="root",
        type=Type.TEXT,
        default="records",
        description="Of XML: the name of the outermost element.",
        example="forms",
        max_length=100,
    ),
    Key(
        name="record",
        type=Type.TEXT,
        default="record",
        description="Of XML: the name of the element of a record.",
        example="form",
        max_length=100,
    ),
    Key(
        name="quote",
        type=Type.TEXT,
        default="needed",
        choices=("needed", "all"),
        description="Of a CSV: which fields stand in quotes.",
        example="all",
        also_called=("quoting", "quotes"),
    ),
    Key(
        name="line_end",
        type=Type.TEXT,
        default="lf",
        choices=("lf", "crlf"),
        description="Of a CSV: how a line ends.",
        example="crlf",
        also_called=("newline", "line_ends"),
    ),
    Key(
        name="compression",
        type=Type.TEXT,
        default="zstd",
        choices=("zstd", "snappy", "none"),
        description="Of parquet and ORC: how the data is compressed.",
        example="zstd",
    ),
    Key(
        name="records_per_part",
        type=Type.NUMBER,
        description="The most records of one file, or of one part of an archive.",
        example=10_000,
        also_called=("part_size", "records", "max_records"),
    ),
    _PACKAGE,
    Key(
        name="key",
        type=Type.TEXT,
        required=True,
        description="The name of each file behind the dataset's prefix. Placeholders: `{task}`, `{time:%Y_%m_%d}` (the "
        "run's start), `{run}` (of the day, from 1), `{base}` and `{increment}` (the numbers of full and partial "
        "exports), `{part}`, and the partition's columns.",
        example="{task}_{start_year}_f{base:04}_inc{increment:04}.zip",
        max_length=500,
        also_called=("file", "filename", "path"),
    ),
    Key(
        name="publish",
        type=Type.TEXT,
        default="once",
        choices=("once", "replace"),
        description="Whether a file of that key is never overwritten, or is replaced, at once and whole.",
        example="replace",
    ),
    Key(
        name="when_empty",
        type=Type.TEXT,
        choices=("skip", "write"),
        description="What is made where there is no row: nothing, or a file without rows. The default is `write` where "
        "a whole file is replaced, else `skip`. The run is recorded as empty either way.",
        example="write",
        also_called=("empty",),
    ),
)
"""The keys of a task that may also stand in `export` itself, for all of its tasks."""

_NAME: Final = Key(
    name="name",
    type=Type.TEXT,
    required=True,
    description="The task's name: lower case letters, digits, underscores and hyphens.",
    example="core",
    schema={"pattern": TASK_NAME_PATTERN},
    also_called=("task",),
)
_OF_EXPORT: Final = (
    Key(
        name="source",
        type=Type.TEXT,
        required=True,
        description="The database, by its name in the settings. Its URL is only ever in the environment.",
        example="core",
        also_called=("database", "connection", "db"),
    ),
    Key(
        name="schedule",
        type=Type.TEXT,
        description="When it runs: the five fields of cron, in `timezone`. Without it, it is run by hand.",
        example="0 5 * * *",
        max_length=100,
        also_called=("cron",),
    ),
    Key(
        name="timezone",
        type=Type.TEXT,
        default="UTC",
        description="The IANA name of the zone of the schedule and of the times in keys and files.",
        example="Europe/London",
        also_called=("time_zone", "tz"),
    ),
    Key(
        name="ledger",
        type=Type.TEXT,
        default="source",
        choices=("source", "file"),
        description="Where the record of the runs is kept: in a schema of the source itself, or in an SQLite file, for "
        "a source that may only be read; nothing can be deleted or scheduled then.",
        example="source",
    ),
    Key(
        name="lag",
        type=Type.DURATION,
        description="How long before now a window ends. Without it, it ends before the oldest transaction that is "
        "still open.",
        example="15 minutes",
    ),
    Key(
        name="parallel",
        type=Type.NUMBER,
        default=1,
        description="How many tasks and partitions are exported at a time.",
        example=2,
        also_called=("parallelism", "concurrency", "workers"),
    ),
    Key(
        name="freshness",
        type=Type.RECORD,
        description="How old the last run that went well may be before `exporter status` warns or fails.",
        example={"warn_after": "26 hours", "error_after": "50 hours"},
        fields=(
            Key(
                name="warn_after",
                type=Type.DURATION,
                description="The age that is worth a warning.",
                example="26 hours",
                also_called=("warn",),
            ),
            Key(
                name="error_after",
                type=Type.DURATION,
                description="The age that is an error.",
                example="50 hours",
                also_called=("error",),
            ),
        ),
    ),
    Key(
        name="manifest",
        type=Type.RECORD,
        description="A CSV file of each run that lists its files, a row each.",
        example={"key": "Manifest_{time:%Y_%m_%d}_{run:04}.csv", "columns": {"zip-name": "{stem}"}},
        fields=(
            Key(
                name="key",
                type=Type.TEXT,
                required=True,
                description="Its name behind the dataset's prefix. Placeholders: `{time:…}` and `{run}`.",
                example="Manifest_{time:%Y_%m_%d}_{run:04}.csv",
                max_length=500,
                also_called=("file", "name", "path"),
            ),
            Key(
                name="columns",
                type=Type.TEXT_MAP,
                required=True,
                description="Its columns, and what stands in each: `{stem}`, `{file}`, `{key}`, `{records}`, `{bytes}`,"
                " `{sha256}`, `{task}` and `{time:…}`, when the file was made.",
                example={"zip-name": "{stem}"},
                also_called=("fields",),
            ),
        ),
    ),
)
TASKS_FOLDER: Final = "tasks_folder"

_INSIDE_EXPORT: Final = {key.name: "in 'export' itself" for key in (*_OF_EXPORT,)}
_TASKS: Final = Key(
    name="tasks",
    type=Type.RECORDS,
    description="The queries and the files that are made of each. Whatever is the same for all may stand in `export`.",
    example=[{"name": "visits", "query": "select * from visits", "key": "{task}-{time:%Y_%m_%d-%H_%M_%S}.csv.gz"}],
    fields=(_NAME, *(dataclasses.replace(key, required=False) for key in TASK_DEFAULTS)),
    elsewhere=_INSIDE_EXPORT,
    also_called=("task", "queries", "collections"),
)
EXPORT: Final = Key(
    name="export",
    type=Type.RECORD,
    description="How the dataset's files are made: the queries, where their rows come from, and what is written.",
    example={"source": "core", "tasks": _TASKS.example},
    fields=(
        *_OF_EXPORT,
        _TASKS,
        Key(
            name=TASKS_FOLDER,
            type=Type.TEXT,
            description="Instead of `tasks`: a folder, in the one beside the dataset file, with a folder for each task "
            "that is named as the task, in which `select.sql` and, optionally, `delete.sql` lie.",
            example="tasks",
            max_length=100,
        ),
        *(dataclasses.replace(key, required=False) for key in TASK_DEFAULTS),
    ),
    also_called=("exports", "exporter"),
)
"""The key itself, with all that may stand under it."""
