"""What can go wrong with a request though everything in S3 is in order."""

from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from .errors import client_error
from .model import Request, When

ENDPOINT = "https://s3.eu-west-2.amazonaws.com"


class LandsLaterError(Exception):
    """Raised by a hook: the caller sees a timeout, and what the request does still happens when the test says so."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """An error that the caller gets at a moment of a request; AFTER means that S3 has done it all the same."""

    error: Callable[[Request], Exception]
    when: When = When.BEFORE

    @classmethod
    def answer(cls, code: str, status: int, *, message: str | None = None, when: When = When.BEFORE) -> "Fault":
        """An error that S3 answers with."""
        return cls(error=lambda request: client_error(request, code, status, message=message), when=when)

    @classmethod
    def slow_down(cls) -> "Fault":
        """Throttled (Amazon S3 API Reference, "Error responses")."""
        return cls.answer("SlowDown", 503, message="Please reduce your request rate.")

    @classmethod
    def internal_error(cls, *, happened: bool = False) -> "Fault":
        """S3's own trouble; a 500 says nothing about whether the thing has happened."""
        return cls.answer("InternalError", 500, when=When.AFTER if happened else When.BEFORE)

    @classmethod
    def inside_200(cls, code: str = "InternalError", *, happened: bool = False) -> "Fault":
        """An error inside an answer 200, as CopyObject and CompleteMultipartUpload may give (their pages say so).

        botocore hands it on as an error with S3's code and the status 500.
        """
        return cls.answer(code, 500, when=When.AFTER if happened else When.DURING)

    @classmethod
    def conflict(cls) -> "Fault":
        """Another conditional write of the same key was under way (User Guide, "Conditional writes")."""
        return cls.answer("ConditionalRequestConflict", 409)

    @classmethod
    def kms_denied(cls, key: str) -> "Fault":
        """The policy of the target's key does not let the role use it."""
        return cls.answer(
            "AccessDenied", 403, message=f"not authorized to perform: kms:GenerateDataKey on resource: {key}"
        )

    @classmethod
    def kms_disabled(cls, key: str) -> "Fault":
        """The target's key is disabled (AWS KMS, "Key states of AWS KMS keys")."""
        return cls.answer("KMS.DisabledException", 400, message=f"{key} is disabled.")

    @classmethod
    def read_timeout(cls, *, happened: bool = False) -> "Fault":
        """No answer came in time."""
        return cls(
            error=lambda _request: ReadTimeoutError(endpoint_url=ENDPOINT), when=When.AFTER if happened else When.BEFORE
        )

    @classmethod
    def connect_timeout(cls) -> "Fault":
        return cls(error=lambda _request: ConnectTimeoutError(endpoint_url=ENDPOINT))

    @classmethod
    def unreachable(cls) -> "Fault":
        return cls(error=lambda _request: EndpointConnectionError(endpoint_url=ENDPOINT))

    @classmethod
    def lands_later(cls, when: When = When.DURING) -> "Fault":
        """The caller gives up waiting; the request lands when the test calls `FakeS3.release`.

        BEFORE: S3 looks at the request only then. DURING: it has read its source, and only the landing is to come.
        """
        return cls(error=lambda _request: LandsLaterError(), when=when)
