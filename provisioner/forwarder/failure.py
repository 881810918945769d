"""Why an object could not be delivered: nothing was deleted, and the queue keeps its event."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

_CONFLICTS = (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.CONFLICT)
_CONFLICT_CODES = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "OperationAborted"})
_THROTTLED = frozenset({"SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "ServiceUnavailable"})
_DENIED = frozenset({"AccessDenied", "AllAccessDisabled", "403"})
_KEY_UNUSABLE = ("KMS.", "KMSInvalid", "InvalidKMS")
"""How the codes begin by which S3 hands on what KMS answered, such as KMS.DisabledException."""


class DeliveryError(Exception):
    """An object was not delivered, and nothing was deleted; the text says what to do about it."""

    def __init__(self, outcome: str, advice: str) -> None:
        """Take the outcome as the log names it, and a sentence for the person who must act."""
        super().__init__(advice)
        self.outcome = outcome
        self.advice = advice

    @property
    def lasting(self) -> bool:
        """Whether it lasts until a person mends something."""
        return False

    @property
    def hopeless(self) -> bool:
        """Whether no second try can end otherwise."""
        return False

    @property
    def slows_others(self) -> bool:
        """Whether trying on keeps the forwarder from other work: AWS is overloaded, or does not answer."""
        return False


class NoRouteError(DeliveryError):
    """An event of a key that belongs to no dataset."""

    @property
    def lasting(self) -> bool:
        """Always: a dataset is missing; but the function may not have been given it yet."""
        return True


class ForeignMessageError(DeliveryError):
    """A message that should not be in the queue."""

    @property
    def hopeless(self) -> bool:
        """Always."""
        return True


@dataclass(frozen=True, kw_only=True)
class AwsError:
    """A request to AWS that was refused or got no answer; `resource` is a bucket, a role or a queue."""

    operation: str
    resource: str
    code: str
    status: int
    """Of HTTP; 0 where there was no answer."""
    request_id: str | None
    message: str | None


class RequestError(DeliveryError):
    """AWS refused a request, or did not answer it."""

    def __init__(self, error: AwsError, advice: str | None = None) -> None:
        """Take the error, and what to do about it where more is known than the error says."""
        what = f"{error.operation} on {error.resource} failed with {error.code}"
        super().__init__("refused", f"{what}: {advice or _general_advice(error)}")
        self.error = error

    @property
    def may_mean_missing(self) -> bool:
        """Whether the object may simply not exist.

        Without s3:ListBucket, which the delivery role holds only for listing its prefix, S3 answers 403 for a missing
        key (Amazon S3 API Reference, HeadObject, "Permissions").
        """
        return self.error.status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)

    @property
    def precondition_failed(self) -> bool:
        """Whether the object changed since it was looked at, or is changing: 412, or 409 beside another write."""
        return self.error.status in _CONFLICTS or self.error.code in _CONFLICT_CODES

    @property
    def denied(self) -> bool:
        """Whether some policy refused the request."""
        return self.error.code in _DENIED

    @property
    def throttled(self) -> bool:
        """Whether AWS asks for fewer requests."""
        return self.error.code in _THROTTLED

    @property
    def key_unusable(self) -> bool:
        """Whether KMS would not use the key."""
        return self.error.code.startswith(_KEY_UNUSABLE)

    @property
    def lasting(self) -> bool:
        """Whether a person must mend something: a policy, a bucket, a key."""
        return self.denied or self.key_unusable or self.error.code == "NoSuchBucket"

    @property
    def slows_others(self) -> bool:
        """Whether AWS is overloaded, or gave no answer at all."""
        return self.throttled or self.error.status == 0


def _general_advice(error: AwsError) -> str:
    if error.code in _THROTTLED:
        return "AWS asks for fewer requests; it is tried again later, nothing to do unless it goes on"
    return "it is tried again; if it ends in the dead-letter queue, mend the cause and redrive it"


@contextmanager
def aws_request(
    operation: str, resource: str, advise: Callable[[AwsError], str | None] = _general_advice
) -> Iterator[None]:
    """Turn an error of the AWS client into a RequestError that names the operation and what it was asked of."""
    try:
        yield
    except ClientError as error:
        details = error.response.get("Error", {})
        metadata = error.response.get("ResponseMetadata")
        code = details.get("Code", "unknown")
        failure = AwsError(
            operation=operation,
            resource=resource,
            code=code,
            # CopyObject may answer 200 with an error inside; botocore gives it the status 500, and its own code.
            status=metadata["HTTPStatusCode"] if metadata else 0,
            request_id=metadata.get("RequestId") if metadata else None,
            # Says whether the bucket's, the key's or our own policy refused. Other messages are not needed.
            message=details.get("Message") if code == "AccessDenied" else None,
        )
        raise RequestError(failure, advise(failure)) from error
    except BotoCoreError as error:
        failure = AwsError(
            operation=operation, resource=resource, code=type(error).__name__, status=0, request_id=None, message=None
        )
        raise RequestError(failure, advise(failure)) from error


def as_failure(error: Exception) -> DeliveryError:
    """Any error as a failure. The text of an unexpected one may quote anything, so only its kind and place are told."""
    if isinstance(error, DeliveryError):
        return error
    place = traceback.extract_tb(error.__traceback__)[-1]
    return DeliveryError(
        "error",
        f"unexpected {type(error).__name__} at {Path(place.filename).name}:{place.lineno}; it is tried again. If the "
        "message ends in the dead-letter queue, mend the forwarder and redrive it",
    )
