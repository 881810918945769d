"""Rows as columns: read in batches from the server's binary COPY, by a session of its own in the run's snapshot."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import Final

import adbc_driver_manager as adbc
import adbc_driver_postgresql as postgresql
import pyarrow as pa

from exporter.failure import SourceError
from exporter.selection import Session

BATCH_BYTES: Final = 4 * 1024 * 1024
"""How much is read into a batch, and at most a row more. Two are in memory: one is written while the next is read.
Larger ones are read a little faster by whoever gets the file, and would be most of what this process holds."""

_SERVER_SAYS: Final = re.compile(r"(?:ERROR|FATAL|PANIC): +(.*)")


@contextmanager
def batches(session: Session, statement: str) -> Iterator[Iterator[pa.RecordBatch]]:
    """The rows of a statement, in batches that the same rows are always cut into.

    Raises:
        SourceError: the database cannot be reached, refused, or went away; here or when a batch is asked for.
    """
    with ExitStack() as stack:
        with _in_words():
            database = stack.enter_context(postgresql.connect(session.url))
            connection = stack.enter_context(adbc.AdbcConnection(database))
            for begin in session.begin:
                with adbc.AdbcStatement(connection) as command:
                    command.set_sql_query(begin)
                    command.execute_update()
            select = stack.enter_context(adbc.AdbcStatement(connection))
            select.set_options(**{postgresql.StatementOptions.BATCH_SIZE_HINT_BYTES.value: BATCH_BYTES})
            select.set_sql_query(statement)
            stream, _ = select.execute_query()
            reader = stack.enter_context(pa.RecordBatchReader.from_stream(stream))
        pool = stack.enter_context(ThreadPoolExecutor(1))
        try:
            yield _ahead(reader, pool)
        except BaseException:
            # Nobody waits for what is still being read.
            with suppress(adbc.Error):
                connection.cancel()
            raise


def _ahead(reader: pa.RecordBatchReader, pool: ThreadPoolExecutor) -> Iterator[pa.RecordBatch]:
    """The batches that have rows. While one is being worked on the next is read: neither needs the interpreter."""
    coming = pool.submit(next, reader, None)
    with _in_words():
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, reader, None)
            if batch.num_rows:
                yield batch


@contextmanager
def _in_words() -> Iterator[None]:
    """Errors of the driver as a SourceError.

    Raises:
        SourceError: the database refused, or went away.
    """
    try:
        yield
    except (adbc.Error, pa.ArrowException, OSError) as error:
        said = _SERVER_SAYS.search(str(error))
        reason = said[1] if said else " ".join(str(error).split())
        raise SourceError(f"the rows cannot be read: {reason}") from error
