"""What the service is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from provisioner.failure import UsageError

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
            UsageError: no database is named.
        """
        url = environ.get(DATABASE_URL)
        if not url:
            raise UsageError(
                f"{DATABASE_URL} is not set; set it to the database's URL, as in postgresql://user:password@host/name"
            )
        return cls(
            database_url=url,
            tasks=Path(environ.get(DSL_PATH) or DEFAULT_DSL_PATH),
            files=Path(environ.get(EXPORT_PATH) or DEFAULT_EXPORT_PATH),
        )
