"""Workflow commands: how a step tells GitHub what to show beside a line of a file."""

from provisioner.reading.problem import Place


def annotation(level: str, file: str, place: Place, title: str, message: str) -> str:
    """A line that makes GitHub show a message.

    Args:
        level: `error`, `warning` or `notice`.
        file: its path in the repository.
        place: the line and column in it.
        title: a few words above the message.
        message: what is shown.
    """
    where = f"file={_property(file)},line={place.line},col={place.column},title={_property(title)}"
    return f"::{level} {where}::{_data(message)}\n"


def notice(title: str, message: str) -> str:
    """A line that makes GitHub show a message that belongs to no file."""
    return f"::notice title={_property(title)}::{_data(message)}\n"


def _data(text: str) -> str:
    """GitHub Docs, "Workflow commands for GitHub Actions": what would end or change a command is escaped."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
