"""What the service is told by its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from exporter.source import url_in

DATABASE_URL: Final = "DATABASE_URL"
DSL_PATH: Final = "DSL_PATH"
EXPORT_PATH: Final = "EXPORT_PATH"
DEFAULT_DSL_PATH: Final = "/DSL/Export"
DEFAULT_EXPORT_PATH: Final = "/exported-data"


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Where the rows are, which tasks there are, and where the files go."""

    database_url: str = field(repr=False)
    """A PostgreSQL connection string; it may hold a password, and is shown nowhere."""
    tasks: Path
    """The folder of tasks: a folder each, with select.sql and delete.sql."""
    files: Path
    """The folder that files are put into."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Configuration":
        """The configuration that the environment's variables say.

        Raises:
            UsageError: no database is named, or its URL is none that can be read.
        """
        return cls(
            database_url=url_in(DATABASE_URL, environ, "the database"),
            tasks=Path(environ.get(DSL_PATH) or DEFAULT_DSL_PATH),
            files=Path(environ.get(EXPORT_PATH) or DEFAULT_EXPORT_PATH),
        )

    @property
    def files_fault(self) -> str | None:
        """Why no file can be put into the folder of the files; None where one can.

        A folder that is not there is not made: most likely a volume is not mounted, and what is written then is lost.
        """
        if not self.files.is_dir():
            return f"{self.files}: there is no such folder; mount or make it, or look at {EXPORT_PATH}"
        if not os.access(self.files, os.W_OK | os.X_OK):
            return f"{self.files}: the folder cannot be written to; let this user write there, or look at {EXPORT_PATH}"
        return None
