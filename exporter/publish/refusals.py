"""What S3 refuses, in words for whoever must mend it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from exporter.failure import PublishError
from provisioner.reading.printable import printable

PERMISSIONS: Final = {
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "ListParts": "s3:ListMultipartUploadParts",
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
    "ListObjectsV2": "s3:ListBucket",
    "ListObjectVersions": "s3:ListBucketVersions",
    "HeadObject": "s3:GetObject and s3:GetObjectVersion",
    "GetObject": "s3:GetObject and s3:GetObjectVersion",
}
"""What each request needs (Amazon S3 User Guide, "Required permissions for Amazon S3 API operations")."""
_REFUSED: Final = frozenset({"AccessDenied", "403"})
_INVALID: Final = frozenset(
    {"ExpiredToken", "InvalidToken", "InvalidAccessKeyId", "SignatureDoesNotMatch", "TokenRefreshRequired"}
)
"""Amazon S3 API Reference, "Error responses"; a HEAD has no body, so its code is the status."""


class RefusedError(PublishError):
    """S3 answered a request with an error."""

    def __init__(self, sentence: str, code: str) -> None:
        """`code` is S3's own."""
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Refusals:
    """What goes wrong at one bucket."""

    bucket: str

    @contextmanager
    def in_words(self, operation: str, key: str) -> Iterator[None]:
        """Turn what the AWS SDK raises at a request into a sentence.

        Raises:
            RefusedError: S3 answered with an error.
            PublishError: it did not answer.
        """
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
            HTTPClientError,
            NoCredentialsError,
            PartialCredentialsError,
        )
        from botocore.exceptions import ConnectionError as UnreachableError

        try:
            yield
        except ClientError as error:
            answer = error.response["Error"]
            code, said = answer["Code"], printable(answer.get("Message", "without a reason"))
            raise RefusedError(self._sentence(operation, key, code, said), code) from error
        except (NoCredentialsError, PartialCredentialsError) as error:
            raise PublishError(
                "there are no AWS credentials to write with: set AWS_PROFILE, or log in as you do for the AWS CLI"
            ) from error
        except (UnreachableError, HTTPClientError) as error:
            raise PublishError(f"S3 cannot be reached: {printable(str(error))}. The next run tries again.") from error
        except BotoCoreError as error:
            raise PublishError(f"AWS cannot be asked: {printable(str(error))}") from error

    def _sentence(self, operation: str, key: str, code: str, said: str) -> str:
        place = f"s3://{self.bucket}/{printable(key)}"
        if code in _REFUSED:
            return (
                f"{place}: the exporter may not do {operation} here: {said}. Its role needs "
                f"{PERMISSIONS[operation]}; the deployment grants it, so deploy the dataset, or run as its role."
            )
        if code == "NoSuchBucket":
            return f"{place}: there is no such bucket. Deploy the dataset first, or choose another stack (`--stack`)."
        if code in _INVALID:
            return f"the AWS credentials are not, or no longer, valid: {said} [{code}]. Renew them, and run again."
        return f"{place}: S3 refused {operation}: {said} [{code}]. The next run tries again."
