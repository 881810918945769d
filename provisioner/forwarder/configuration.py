"""What the function is told by its environment variables, which provisioner/resources/forwarder.py sets."""

from collections.abc import Mapping
from dataclasses import dataclass

MIB = 1024**2


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Everything that differs from one stack to another, but the routes."""

    queue_url: str
    dead_letter_queue_url: str
    journal_bucket: str
    concurrency: int
    """Requests to S3 at once."""
    multipart_threshold: int
    """Bytes above which an object is copied in parts."""
    retry_seconds: int
    """The first wait before a failed delivery is tried again."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Configuration":
        """The configuration that a function's environment holds.

        Raises:
            ValueError: a variable is missing, or no whole number above zero where it must be; names the variable.
        """
        return cls(
            queue_url=_text(environ, "QUEUE_URL"),
            dead_letter_queue_url=_text(environ, "DEAD_LETTER_QUEUE_URL"),
            journal_bucket=_text(environ, "JOURNAL_BUCKET"),
            concurrency=_number(environ, "CONCURRENCY"),
            multipart_threshold=_number(environ, "MULTIPART_THRESHOLD_MIB") * MIB,
            retry_seconds=_number(environ, "RETRY_SECONDS"),
        )


def _text(environ: Mapping[str, str], name: str) -> str:
    if text := environ.get(name):
        return text
    raise ValueError(f"the function's environment variable {name} is missing: apply the stack again, which sets it")


def _number(environ: Mapping[str, str], name: str) -> int:
    text = _text(environ, name)
    if text.isascii() and text.isdigit() and (number := int(text)):
        return number
    raise ValueError(
        f"the function's environment variable {name} is {text!r} and must be a whole number above zero: apply the "
        "stack again, which sets it"
    )
