"""Where an export's ledger is: in its source, or in a file."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from exporter.database.connection import connect
from exporter.failure import ExportError
from exporter.ledger.postgres import PostgresLedger
from exporter.ledger.sql import SqlLedger
from exporter.ledger.sqlite import SqliteLedger
from provisioner.exports.model import Export, LedgerPlace


@contextmanager
def open_ledger(
    name: str, export: Export, *, url: str, ledger_file: Path | None = None, create: bool = False
) -> Iterator[SqlLedger]:
    """The ledger of an export.

    Args:
        name: the dataset's.
        export: how its files are made.
        url: of the source database; not used where the ledger is a file.
        ledger_file: the SQLite file of a `ledger: file`.
        create: whether it is to be made, where there is none; one that only reads leaves the database as it is.

    Raises:
        ExportError: it cannot be opened, or no file is named for one that is a file.
    """
    if export.ledger == LedgerPlace.SOURCE:
        with connect(url, name=name) as connection:
            yield PostgresLedger(connection, create=create)
    elif ledger_file is None:
        raise ExportError(f"the export '{name}' keeps its ledger in a file: name it by --ledger")
    else:
        with closing(SqliteLedger(ledger_file, create=create)) as ledger:
            yield ledger
