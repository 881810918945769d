"""What boto3 raises."""

from botocore.exceptions import ClientError

from .model import Request


class ProcessDiedError(BaseException):
    """The process that sent a request is no more. A BaseException, so that no code under test can go on."""


def client_error(
    request: Request, code: str, status: int, *, message: str | None = None, head: bool = False
) -> ClientError:
    """An error that S3 answered with. The answer to a HEAD has no body, so its code is the status alone."""
    return ClientError(
        {
            "Error": {"Code": str(status) if head else code, "Message": message or f"{code} (from the fake S3)"},
            "ResponseMetadata": {
                "HTTPStatusCode": status,
                "RequestId": f"request-{request.number}",
                "HostId": "",
                "HTTPHeaders": {},
                "RetryAttempts": 0,
            },
        },
        request.operation,
    )
