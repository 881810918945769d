"""What is pending of each dataset, as a listing of the export bucket goes by."""

from collections.abc import Callable

from .journal import RECEIPTS, Journal, Note, receipt_id
from .log import Fields
from .metrics import OLDEST_AGE, PENDING, metric_line
from .routes import Route


class Pending:
    """Counts what is pending, dataset by dataset, and says it when a dataset is through.

    Of a dataset that keeps its files, what has a receipt is not pending. Its receipts are in memory while it goes by:
    some 200 bytes for each kept file.
    """

    def __init__(self, journal: Journal, log: Callable[[Fields], None], now: float, begun: str | None) -> None:
        """Take the dataset, if any, that an earlier run began; `now` is in epoch seconds."""
        self._journal = journal
        self._log = log
        self._now = now
        self._begun = begun
        self._dataset: str | None = None
        self._count = 0
        self._oldest = now
        self._receipts: dict[str, Note] = {}
        self._delivered: set[str] = set()

    def see(self, route: Route, key: str, etag: str, written: float) -> bool:
        """Whether the next object of the listing is pending. Raises RequestError."""
        if route.dataset != self._dataset:
            self.close()
            self._dataset = route.dataset
            if route.keep_files:
                self._receipts = {note.id: note for note in self._journal.notes(RECEIPTS, route.dataset)}
        receipt = receipt_id(key, etag)
        if receipt in self._receipts:
            self._delivered.add(receipt)
            return False
        self._count += 1
        self._oldest = min(self._oldest, written)
        return True

    def close(self, *, complete: bool = True) -> None:
        """The dataset is through: say what is pending, and remove the receipts of what is no longer there."""
        if self._dataset is not None:
            values = {PENDING: self._count, OLDEST_AGE: round(self._now - self._oldest, 1)}
            self._log(metric_line(self._dataset, values, self._now))
            if complete and self._dataset != self._begun:
                for receipt in self._receipts.keys() - self._delivered:
                    self._journal.remove(self._receipts[receipt])
        self._dataset, self._count, self._oldest = None, 0, self._now
        self._receipts, self._delivered = {}, set()
