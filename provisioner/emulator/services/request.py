"""What a function of the table gets and gives."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from provisioner.emulator.embedded_aws import EmbeddedAws
from provisioner.emulator.inputs import Inputs

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient


class Account:
    """The account a program is applied to, with one client per service; boto3 clients may be shared by threads."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self.id = aws.account_id
        self.region = aws.region
        self._aws = aws

    @functools.cached_property
    def iam(self) -> "IAMClient":
        """IAM as the account's root."""
        return self._aws.client("iam")

    @functools.cached_property
    def functions(self) -> "LambdaClient":
        """Lambda as the account's root."""
        return self._aws.client("lambda")

    @functools.cached_property
    def logs(self) -> "CloudWatchLogsClient":
        """CloudWatch Logs as the account's root."""
        return self._aws.client("logs")

    @functools.cached_property
    def s3(self) -> "S3Client":
        """S3 as the account's root."""
        return self._aws.client("s3")

    @functools.cached_property
    def sqs(self) -> "SQSClient":
        """SQS as the account's root."""
        return self._aws.client("sqs")


@dataclass(frozen=True, kw_only=True)
class Request:
    """One resource to create or update."""

    account: Account
    inputs: Inputs
    default_tags: Mapping[str, str]
    """Of the provider the resource belongs to; the program gives no resource tags of its own."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """What AWS answered: the id, and the output properties that are not inputs too."""

    id: str
    outputs: Mapping[str, object] = field(default_factory=dict)


Make = Callable[[Request], Made]


def code_of(error: ClientError) -> str:
    """AWS's code of an error, such as ``NoSuchEntity``."""
    return error.response["Error"]["Code"]


def given(**arguments: object) -> dict[str, Any]:
    """The arguments that are not None: boto3 refuses None, and leaving one out means AWS's default."""
    return {name: value for name, value in arguments.items() if value is not None}
