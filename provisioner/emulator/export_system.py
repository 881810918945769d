"""An export system at work: an example with a database and a role."""

from dataclasses import dataclass

from provisioner.emulator.examples import Example
from provisioner.emulator.sources import Source
from provisioner.exports.source import variable_of


@dataclass(frozen=True, kw_only=True)
class System:
    """One of them."""

    example: Example
    source: Source
    role: str
    """The name of the role that its runs work as."""

    @property
    def url(self) -> tuple[str, str]:
        """The variable that the exporter reads the URL of its database from, and the URL."""
        return variable_of(self.example.export.source), self.source.url
