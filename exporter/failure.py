"""What can go wrong in an export, in words for whoever must mend it, and the exit code of each."""

from provisioner.failure import CommandError


class ExportError(CommandError):
    """A run failed. Nothing of it is half done: the next run finishes or undoes it."""

    exit_code = 75  # EX_TEMPFAIL of sysexits.h: try again


class SourceError(ExportError):
    """The source database cannot be reached, or refuses."""


class PublishError(ExportError):
    """The target cannot be written to."""


class TakenError(PublishError):
    """There is a file of that key already, and it is to be put once."""


class GoneError(PublishError):
    """A file that was staged and recorded is not there any more."""


class BusyError(ExportError):
    """Another process runs the export."""


class SupersededError(ExportError):
    """Another process took the run for dead, and went on with the export."""


class EncodeError(ExportError):
    """What was selected cannot be written in the format."""
