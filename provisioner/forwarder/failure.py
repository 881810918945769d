"""Why an object could not be delivered: the queue keeps its event and tries again."""

from dataclasses import dataclass
from http import HTTPStatus

from .routes import Route

_THROTTLED = frozenset({"SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "ServiceUnavailable"})
_DENIED = frozenset({"AccessDenied", "AllAccessDisabled", "403"})


class DeliveryError(Exception):
    """An object was not delivered, and nothing was deleted; the text says what to do about it."""

    def __init__(self, outcome: str, advice: str) -> None:
        """Take the outcome as the log names it, and a sentence for the person who must act."""
        super().__init__(advice)
        self.outcome = outcome
        self.advice = advice


@dataclass(frozen=True, kw_only=True)
class AwsError:
    """A request to AWS that was refused or got no answer; `resource` is a bucket or a role."""

    operation: str
    resource: str
    code: str
    status: int
    request_id: str | None
    message: str | None


class RequestError(DeliveryError):
    """AWS refused a request, or did not answer it."""

    def __init__(self, error: AwsError, route: Route) -> None:
        """Take the error, and the route, for the advice."""
        super().__init__("refused", _advice(error, route))
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
        conflicts = (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.CONFLICT)
        return self.error.status in conflicts or self.error.code == "PreconditionFailed"


def _advice(error: AwsError, route: Route) -> str:
    what = f"{error.operation} on {error.resource} failed with {error.code}"
    explained = f"`provisioner explain {route.dataset}` prints the statement"
    if error.operation == "AssumeRole" and error.code in _DENIED:
        return f"{what}: the trust policy of {route.role_arn} must allow the forwarder's own role; run `pulumi up`"
    if error.code == "NoSuchBucket":
        return f"{what}: create the bucket {error.resource}, or correct the dataset's file and its target bucket"
    if error.code in _THROTTLED:
        return f"{what}: AWS asks for fewer requests; the queue tries again later, nothing to do unless it goes on"
    if error.code in _DENIED and error.resource == route.bucket:
        needed = "s3:GetObject" if error.operation == "HeadObject" else "s3:PutObject and s3:PutObjectTagging"
        key = f", and the policy of {route.kms_key_arn} must let it use the key" if route.kms_key_arn else ""
        partition = route.role_arn.split(":")[1]
        return (
            f"{what}: the policy of bucket {route.bucket} must allow {needed} on "
            f"arn:{partition}:s3:::{route.bucket}/{route.dataset}/* to {route.role_arn}{key}; {explained}"
        )
    if error.code in _DENIED:
        return f"{what}: {route.role_arn} must be allowed its own prefix {route.dataset}/ there; run `pulumi up`"
    return f"{what}: the queue tries again; if it ends in the dead-letter queue, mend the cause and redrive it"
