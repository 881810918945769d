"""The tables of a source, and others who write to them while a run is killed."""

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import psycopg

YEARS: Final = (2023, 2024)

TABLES: Final = """
CREATE SEQUENCE version;
CREATE TABLE visit (
    id bigserial PRIMARY KEY, year int NOT NULL, version bigint NOT NULL DEFAULT nextval('version'),
    updated_at timestamptz NOT NULL DEFAULT now(), values_updated_at timestamp
);
CREATE TABLE outbox (id bigserial PRIMARY KEY, version bigint NOT NULL DEFAULT nextval('version'));
CREATE TABLE outbox_log (id bigint, version bigint);
"""


@contextmanager
def writing(writers: Sequence[psycopg.Connection]) -> Iterator[None]:
    """Others write meanwhile, in transactions that end late and in any order."""
    over = threading.Event()
    threads = [threading.Thread(target=_write, args=(writer, seed, over)) for seed, writer in enumerate(writers)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _write(writer: psycopg.Connection, seed: int, over: threading.Event) -> None:
    chance = random.Random(seed)  # noqa: S311 - which rows are written is no secret
    for _ in range(3):
        if over.wait(chance.random() / 20):
            break
        writer.execute("SELECT now()")
        over.wait(chance.random() / 20)
        write_some(writer, chance)
        writer.commit()


def write_some(connection: psycopg.Connection, chance: random.Random) -> None:
    """One transaction's writes."""
    # As many as make more than one part of an archive.
    connection.execute("INSERT INTO visit (year) SELECT %s FROM generate_series(1, 6)", (chance.choice(YEARS),))
    bulk = chance.random() < 0.5
    connection.execute(
        "UPDATE visit SET updated_at = CASE WHEN %(bulk)s THEN updated_at ELSE now() END,"
        " values_updated_at = CASE WHEN %(bulk)s THEN now() AT TIME ZONE 'UTC' ELSE values_updated_at END,"
        " version = nextval('version')"
        " WHERE id = (SELECT id FROM visit ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED)",
        {"bulk": bulk},
    )
    connection.execute(
        "WITH new AS (INSERT INTO outbox SELECT FROM generate_series(1, 3) RETURNING *),"
        " changed AS (UPDATE outbox SET version = nextval('version') WHERE id = (SELECT id FROM outbox"
        " ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *)"
        " INSERT INTO outbox_log SELECT * FROM new UNION ALL SELECT * FROM changed"
    )
