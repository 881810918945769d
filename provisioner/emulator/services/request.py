"""What a function of the table gets and gives."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from provisioner.emulator.embedded_aws import Credentials, EmbeddedAws, root_of
from provisioner.emulator.inputs import Inputs

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sqs import SQSClient


class Account:
    """The account a program is applied to, with one client per service; boto3 clients may be shared by threads."""

    def __init__(self, aws: EmbeddedAws, credentials: Credentials | None = None) -> None:
        """The account of `credentials`, with which everything is done; without them the root of our own account."""
        self._aws = aws
        self._credentials = credentials
        self.region = aws.region
        self.id = aws.client("sts", credentials=credentials).get_caller_identity()["Account"]

    @functools.cached_property
    def root(self) -> "Account":
        """The same account as its root: to look up what Pulumi would know from its state, without asking AWS."""
        return Account(self._aws, root_of(self.id))

    @functools.cached_property
    def cloudwatch(self) -> "CloudWatchClient":
        """CloudWatch."""
        return self._aws.client("cloudwatch", credentials=self._credentials)

    @functools.cached_property
    def ecs(self) -> "ECSClient":
        """ECS."""
        return self._aws.client("ecs", credentials=self._credentials)

    @functools.cached_property
    def events(self) -> "EventBridgeClient":
        """EventBridge."""
        return self._aws.client("events", credentials=self._credentials)

    @functools.cached_property
    def iam(self) -> "IAMClient":
        """IAM."""
        return self._aws.client("iam", credentials=self._credentials)

    @functools.cached_property
    def functions(self) -> "LambdaClient":
        """Lambda."""
        return self._aws.client("lambda", credentials=self._credentials)

    @functools.cached_property
    def logs(self) -> "CloudWatchLogsClient":
        """CloudWatch Logs."""
        return self._aws.client("logs", credentials=self._credentials)

    @functools.cached_property
    def s3(self) -> "S3Client":
        """S3."""
        return self._aws.client("s3", credentials=self._credentials)

    @functools.cached_property
    def scheduler(self) -> "EventBridgeSchedulerClient":
        """EventBridge Scheduler."""
        return self._aws.client("scheduler", credentials=self._credentials)

    @functools.cached_property
    def sqs(self) -> "SQSClient":
        """SQS."""
        return self._aws.client("sqs", credentials=self._credentials)


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
