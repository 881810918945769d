"""The time of the source's server, told without asking it again: all times of a ledger are of one clock."""

import datetime
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Clock:
    """Begins with what the server said, and goes on by this machine's own steady clock."""

    server: datetime.datetime
    _read: float = field(default_factory=time.monotonic)

    def now(self) -> datetime.datetime:
        """The time, in UTC."""
        return self.server + datetime.timedelta(seconds=time.monotonic() - self._read)
