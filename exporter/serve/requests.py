"""What was asked for, in a table of the source database: an Ok is said of nothing that is not committed here.

A request that waits is run after every later one of its kind was made, and so sees all that those would: they are
folded into it. One process at a time serves the requests of a target, whoever holds the advisory lock; a request that
is found running by the next holder was lost with its process, and is run again.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import psycopg
from psycopg.rows import class_row

MOST_LOSSES: Final = 5
"""Processes that may end while they run a request; the next one calls it failed, so that the others have their turn."""
_SETUP: Final = """
    SELECT pg_advisory_xact_lock(hashtextextended('exporter.request', 0));
    CREATE SCHEMA IF NOT EXISTS exporter;
    CREATE TABLE IF NOT EXISTS exporter.request (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        target text NOT NULL,
        task text,
        state text NOT NULL DEFAULT 'accepted'
            CHECK (state IN ('accepted', 'running', 'published', 'empty', 'failed')),
        accepted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        started_at timestamptz,
        finished_at timestamptz,
        runs bigint[] NOT NULL DEFAULT '{}',
        losses integer NOT NULL DEFAULT 0,
        error text
    );
    CREATE INDEX IF NOT EXISTS request_by_target ON exporter.request (target, id);
    CREATE INDEX IF NOT EXISTS request_open ON exporter.request (target, id) WHERE state IN ('accepted', 'running');
"""
_COLUMNS: Final = "id, task, state, accepted_at, started_at, finished_at, runs, error"


class RequestState(StrEnum):
    """How far a request has come."""

    ACCEPTED = "accepted"
    """It waits for its turn, and outlives this process."""
    RUNNING = "running"
    PUBLISHED = "published"
    """There are files of it."""
    EMPTY = "empty"
    """It found no row, and there is no file."""
    FAILED = "failed"
    """At least one task was not exported; the error says why. The others were."""


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """One export that was asked for."""

    id: int
    task: str | None
    """None for all tasks of the folder."""
    state: RequestState
    accepted_at: datetime.datetime
    started_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    runs: tuple[int, ...]
    """The runs in the ledger that served it: more than one where a process ended in between."""
    error: str | None

    def __post_init__(self) -> None:
        """Take the database's plain values for what they are."""
        object.__setattr__(self, "state", RequestState(self.state))
        object.__setattr__(self, "runs", tuple(self.runs))


@dataclass(frozen=True)
class Requests:
    """The requests of one target, over a connection that commits each statement.

    Every method raises what psycopg raises.
    """

    connection: psycopg.Connection
    target: str
    """The URL of the folder that the files go to."""

    def prepare(self) -> None:
        """Make the table where it is not there yet."""
        if self.connection.execute("SELECT to_regclass('exporter.request')").fetchone() == (None,):
            with self.connection.transaction():
                self.connection.execute(_SETUP)

    def accept(self, task: str | None) -> int:
        """Record a request so that it outlives this process and the database's; the id of the request that serves it.

        That is an earlier one if it waits still and includes the task. Its row is locked meanwhile, so it cannot begin
        before this call has returned.
        """
        self.prepare()
        with self.connection.transaction():
            # A server may be set to answer before the disk has it; here nothing is answered before.
            self.connection.execute("SET LOCAL synchronous_commit TO on")
            waiting = self.connection.execute(
                "SELECT id FROM exporter.request WHERE target = %s AND state = 'accepted'"
                " AND (task IS NULL OR task = %s) ORDER BY id LIMIT 1 FOR UPDATE",
                (self.target, task),
            ).fetchone()
            recorded = (
                waiting
                or self.connection.execute(
                    "INSERT INTO exporter.request (target, task) VALUES (%s, %s) RETURNING id", (self.target, task)
                ).fetchone()
            )
        assert recorded is not None  # noqa: S101 - an INSERT returns its row
        return int(recorded[0])

    def latest(self, most: int) -> list[RunRequest]:
        """The newest requests, newest first."""
        self.prepare()
        with self.connection.cursor(row_factory=class_row(RunRequest)) as cursor:
            return cursor.execute(
                f"SELECT {_COLUMNS} FROM exporter.request WHERE target = %s ORDER BY id DESC LIMIT %s",  # noqa: S608 - our own columns
                (self.target, most),
            ).fetchall()

    def find(self, request: int) -> RunRequest | None:
        """The request of that id."""
        self.prepare()
        with self.connection.cursor(row_factory=class_row(RunRequest)) as cursor:
            return cursor.execute(
                f"SELECT {_COLUMNS} FROM exporter.request WHERE target = %s AND id = %s",  # noqa: S608 - our own columns
                (self.target, request),
            ).fetchone()

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Whether this connection is the one that serves the requests; it stays so until the block ends.

        Whoever becomes it puts back what the last one was running when its process ended.
        """
        self.prepare()
        name = f"exporter.request {self.target}"
        mine = self.connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (name,)).fetchone()
        if mine != (True,):
            yield False
            return
        try:
            self._recover()
            yield True
        finally:
            if not self.connection.broken:
                self.connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (name,))

    def _recover(self) -> None:
        self.connection.execute(
            "UPDATE exporter.request SET losses = losses + 1, state = 'accepted'"
            " WHERE target = %s AND state = 'running'",
            (self.target,),
        )
        self.connection.execute(
            "UPDATE exporter.request SET state = 'failed', finished_at = clock_timestamp(), error = %s"
            " WHERE target = %s AND state = 'accepted' AND losses >= %s",
            (
                f"The service ended {MOST_LOSSES} times while it ran this; look for what ended it, often a lack of "
                "memory, and ask again.",
                self.target,
                MOST_LOSSES,
            ),
        )

    def take(self) -> RunRequest | None:
        """The oldest request that waits, which runs from now on."""
        with self.connection.cursor(row_factory=class_row(RunRequest)) as cursor:
            return cursor.execute(
                "UPDATE exporter.request SET state = 'running',"  # noqa: S608 - our own columns
                " started_at = coalesce(started_at, clock_timestamp())"
                " WHERE id = (SELECT id FROM exporter.request WHERE target = %s AND state = 'accepted'"
                f" ORDER BY id LIMIT 1 FOR UPDATE) RETURNING {_COLUMNS}",
                (self.target,),
            ).fetchone()

    def put_back(self, request: int) -> None:
        """Let a request that was taken wait again: it could not be run now, and nothing is wrong with it."""
        self.connection.execute(
            "UPDATE exporter.request SET state = 'accepted' WHERE id = %s AND state = 'running'", (request,)
        )

    def began(self, request: int, run: int) -> None:
        """Note the run that serves a request, before it can have done anything."""
        self.connection.execute("UPDATE exporter.request SET runs = runs || %s::bigint WHERE id = %s", (run, request))

    def finish(self, request: int, state: RequestState, error: str | None) -> None:
        """Record how a request ended."""
        self.connection.execute(
            "UPDATE exporter.request SET state = %s, error = %s, finished_at = clock_timestamp() WHERE id = %s",
            (state, error, request),
        )
