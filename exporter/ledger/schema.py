"""The tables of a ledger, as they came to be: each step is applied once, in order, and never changed afterwards."""

from typing import Final

SCHEMA: Final = "exporter"
"""Of PostgreSQL the schema, of SQLite the name by which the file is attached."""

STEPS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """CREATE TABLE exporter.run (
            id {identity},
            export TEXT NOT NULL,
            target TEXT NOT NULL,
            kind TEXT NOT NULL,
            day TEXT NOT NULL,
            number INTEGER NOT NULL,
            started_at {time} NOT NULL,
            finished_at {time},
            state TEXT NOT NULL,
            error TEXT,
            holder TEXT NOT NULL,
            UNIQUE (export, target, day, number)
        )""",
        # No task and no partition is the empty text: of two NULLs no constraint says that they are the same.
        """CREATE TABLE exporter.output (
            id {identity},
            run BIGINT NOT NULL,
            export TEXT NOT NULL,
            target TEXT NOT NULL,
            task TEXT NOT NULL,
            part TEXT NOT NULL,
            state TEXT NOT NULL,
            base INTEGER,
            increment INTEGER,
            records BIGINT NOT NULL,
            since {time},
            until {time},
            moves BOOLEAN NOT NULL,
            error TEXT,
            UNIQUE (export, target, task, part, base, increment)
        )""",
        # `once` is the key of a file that is put once, and NULL of one that replaces: no key is ever used again.
        """CREATE TABLE exporter.file (
            id {identity},
            run BIGINT NOT NULL,
            export TEXT NOT NULL,
            target TEXT NOT NULL,
            task TEXT NOT NULL,
            part TEXT NOT NULL,
            key TEXT NOT NULL,
            once TEXT,
            bytes BIGINT NOT NULL,
            sha256 TEXT NOT NULL,
            records BIGINT NOT NULL,
            token TEXT NOT NULL UNIQUE,
            publish TEXT NOT NULL,
            staged_at {time} NOT NULL,
            revealed_at {time},
            manifest TEXT,
            UNIQUE (target, once)
        )""",
        """CREATE TABLE exporter.staging (
            token TEXT PRIMARY KEY,
            run BIGINT NOT NULL
        )""",
    ),
)
"""Statements of both databases, with the names of their types for a row's identity and a time."""
